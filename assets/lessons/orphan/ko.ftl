title = 고아
about = 부모가 먼저 끝난 자식. 누가 새 부모가 되고 왜 그 프로세스인지, 좀비와는 무엇이 다른지.
role-m = 가운데
role-g = 손자

three = 세 세대가 있다. { $p }이(가) { $m }을(를) 만들었고, { $m }이(가) { $g }을(를) 만들었다.
three-say = 각자의 부모가 상자에 적혀 있다. 가운데 프로세스가 _exit를 호출하려 하고, 첫 프로세스는 기다려 주지 않는다.

leaves = 가운데 { $m }이(가) 자식 { $g }보다 먼저 종료한다.
leaves-ask = 그러면 { $g }의 부모는 누구일까?
leaves-is-born = 그대로 { $m }
leaves-is-init = 언제나 PID 1인 init
leaves-is-guardian = 위쪽에서 가장 가까운 subreaper
leaves-is-other = 할아버지 { $p }
leaves-say = 커널은 위로 올라가며 prctl(PR_SET_CHILD_SUBREAPER)을 호출한 가장 가까운 조상을 찾고, 없을 때에만 PID 1인 init에게 맡긴다. 여기서는 forkscope의 수호 프로세스 { $guardian }이다.

both = 이제 가운데 프로세스와 손자를 나란히 놓고 보자.
both-ask = 고아 { $g }의 상태는?
both-is-Z = 좀비 (Z)
both-is-S = 대기 (S)
both-say = 고아는 S, 살아 있으며 부모만 바뀌었다. 좀비 { $m }은(는) Z, 이미 끝났고 자기 부모 { $p }의 wait를 기다린다. 둘은 다르다.

ends = 이제 고아 { $g }을(를) 끝낸다. { $p }은(는) 여전히 아무도 기다리지 않는다.
ends-ask = 고아는 어떻게 될까?
ends-is-Z = 좀비가 된다
ends-is-gone = 사라진다
ends-say = 곧바로 사라진다. 맡은 프로세스가 wait했기 때문이다. 좀비 { $m }은(는) 남는다. 부모가 살아 있는데 기다리지 않기 때문이다.
after = 다음 수업: forkscope lesson sigchld

title = 고아
about = 부모가 먼저 끝난 자식입니다. 누가 새 부모가 되고 왜 그 프로세스인지, 좀비와는 무엇이 다른지 봅니다.
role-m = 가운데
role-g = 손자

three = 세 세대가 있습니다. { $p }이(가) { $m }을(를) 만들었고, { $m }이(가) { $g }을(를) 만들었습니다.
three-say = 각자의 부모가 상자에 적혀 있습니다. 가운데 프로세스가 _exit를 호출하려 하고, 첫 프로세스는 기다려 주지 않습니다.

leaves = 가운데 { $m }이(가) 자식 { $g }보다 먼저 종료합니다.
leaves-ask = 그러면 { $g }의 부모는 누구일까요?
leaves-is-born = 그대로 { $m }
leaves-is-init = 언제나 PID 1인 init
leaves-is-guardian = 위쪽에서 가장 가까운 subreaper
leaves-is-other = 조부모 { $p }
leaves-say = 커널은 위로 올라가며 prctl(PR_SET_CHILD_SUBREAPER)을 호출한 가장 가까운 조상을 찾고, 없을 때에만 PID 1인 init에게 맡깁니다. 여기서는 forkscope의 보호 프로세스(guardian) { $guardian }입니다.

both = 이제 가운데 프로세스와 손자를 나란히 놓고 봅시다.
both-ask = 고아 { $g }의 상태는 무엇일까요?
both-is-Z = 좀비 (Z)
both-is-S = 대기 (S)
both-say = 고아는 S입니다. 살아 있으며 부모만 바뀌었습니다. 좀비 { $m }은(는) Z입니다. 이미 끝났고 자기 부모 { $p }의 wait를 기다립니다. 둘은 다릅니다.

ends = 이제 고아 { $g }을(를) 끝냅니다. { $p }은(는) 여전히 아무도 기다리지 않습니다.
ends-ask = 고아는 어떻게 될까요?
ends-is-Z = 좀비가 됨
ends-is-gone = 사라짐
ends-say = 곧바로 사라집니다. 맡은 프로세스가 wait했기 때문입니다. 좀비 { $m }은(는) 남습니다. 부모가 살아 있는데 기다리지 않기 때문입니다.
after = 다음 수업: forkscope lesson sigchld

title = SIGCHLD
about = 자식에게 변화가 있음을 알리는 시그널입니다. 왜 수를 세지 않는지, 핸들러는 무엇을 해야 하는지, 무시하면 무엇을 잃는지 봅니다.

bit = 부모에게 자식이 20개 있고 SIGCHLD를 블록해 두었습니다. 20개가 모두 종료합니다.
bit-ask = 보류 중인 SIGCHLD는 몇 개일까요?
bit-say = 하나입니다. 보류는 ShdPnd라는 마스크의 비트 하나이지 개수가 아닙니다. 20개가 종료해도 비트는 하나입니다. SIGCHLD 하나는 적어도 한 자식이 바뀌었다는 뜻입니다.

once = 핸들러에서 waitpid를 한 번 호출합니다. 부모를 SIGSTOP으로 정지시킨 동안 자식 20개가 종료했고, 이제 재개합니다(SIGCONT).
once-ask = 회수되는 자식은 몇 개일까요?
once-say = 하나입니다. 20개가 종료해도 보류된 시그널은 하나였고, 핸들러는 waitpid를 한 번만 호출합니다. 좀비 19개가 남았는데, 이를 알려 줄 SIGCHLD는 더 보류되어 있지 않습니다.

loop = 같은 상황에서, 핸들러가 더 기다릴 자식이 없을 때까지 waitpid를 호출합니다.
loop-ask = 이번에 회수되는 자식은 몇 개일까요?
loop-say = 20개 모두입니다. waitpid가 없다고 할 때까지 물으면 시그널은 하나로 충분합니다. 핸들러는 이렇게 작성합니다.

ignore = 이 부모는 SIGCHLD를 SIG_IGN으로 무시합니다. 자식 셋이 코드 5로 종료합니다.
ignore-ask = 좀비는 몇 개가 될까요?
ignore-say = 하나도 없습니다. 일부러 무시하는 것은 아무것도 하지 않는 기본 동작과 다릅니다. 커널이 자식을 그 자리에서 없앱니다.

lost = 그래도 wait(&status)를 호출해 봅니다.
lost-ask = wait의 반환 값은 얼마일까요?
lost-say = -1, ECHILD입니다. status는 그대로입니다. 코드 5는 사라졌습니다. SIGCHLD를 무시하면 자식이 어떻게 끝났는지 알 수 없습니다.

nocldwait = SIGCHLD는 기본 동작인 채 SA_NOCLDWAIT 플래그만 주었습니다.
nocldwait-ask = 좀비는 몇 개가 될까요?
nocldwait-say = 역시 없습니다. 그런데 /proc에는 기본으로 나옵니다. 이 플래그는 밖에서 보이지 않습니다.

eintr = 서버가 accept()에서 기다립니다. SIGCHLD 핸들러는 있고 SA_RESTART는 없습니다. 자식 하나가 종료하고, 클라이언트는 오지 않습니다.
eintr-ask = accept는 어떻게 될까요?
eintr-is-none = 그대로 기다림
eintr-say = accept가 -1을 반환했고 errno는 EINTR입니다. 핸들러 때문에 중단되었다는 뜻이지 소켓의 오류가 아닙니다. accept를 다시 호출하면 됩니다.

restart = 이번에는 SA_RESTART를 주었습니다.
restart-ask = 핸들러가 실행된 뒤 부모는 어디에 있을까요?
restart-is-held = 호출 다음 줄
restart-is-accept4 = 여전히 accept 안
restart-say = 여전히 accept4 안입니다. 커널이 호출을 알아서 다시 시작했습니다. 여기서는 핸들러가 wait하지 않았으므로 자식은 좀비입니다.
after = 다음 수업: forkscope lesson server

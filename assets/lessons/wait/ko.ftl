title = wait와 상태 값
about = 종료한 자식에 대해 묻습니다. WNOHANG이 있을 때와 없을 때, 그리고 16비트 상태 값의 뜻을 봅니다.

nohang = 부모에게 자식이 둘 있습니다. A = { $a }, B = { $b }입니다. 아무도 종료하지 않았습니다. 부모가 WNOHANG으로 waitpid를 호출합니다.
nohang-ask = waitpid의 반환 값은 얼마일까요?
nohang-say = 0입니다. 자식은 있으나 종료한 자식이 없고, WNOHANG은 기다리지 말라는 뜻입니다.

blocks = 다음은 WNOHANG 없는 wait(&status)입니다. 여전히 종료한 자식이 없습니다.
blocks-ask = 부모는 무엇을 하게 될까요?
blocks-is-held = 다음 줄로 넘어감
blocks-is-wait4 = 호출 안에서 기다림
blocks-say = 시스템 콜 wait4 안에서 블로킹됩니다. P▸는 그 줄에 머뭅니다. 그동안 다른 일은 하지 못합니다. 이렇게 기다리는 서버는 연결요청을 받지 못합니다.

exited = 부모가 기다리는 동안 A가 exit(3)을 호출합니다.
exited-ask = wait가 status에 써 주는 값은 무엇일까요?
exited-say = 0x0300입니다. 종료 코드는 위쪽 8비트에 있습니다. WIFEXITED는 아래 7비트가 0인지 보고, WEXITSTATUS는 위쪽 8비트를 꺼냅니다. wait의 반환 값은 { $a }이고, 그 프로세스는 이제 표에서 사라졌습니다.

stopped = 부모가 WUNTRACED로 B를 기다립니다. 정지도 알려 달라는 뜻입니다. B에 SIGSTOP(19, 16진수 13)을 보냅니다.
stopped-ask = 이번 값은 무엇일까요?
stopped-say = 0x137f입니다. 아래쪽 7f는 정지를, 위쪽 8비트는 정지시킨 시그널을 뜻합니다. B는 종료한 것이 아니라 T 상태입니다.

killed = 부모가 다시 B를 기다립니다. B에 SIGKILL(9)을 보냅니다.
killed-ask = 이번 값은 무엇일까요?
killed-say = 0x0009입니다. 아래 7비트가 종료시킨 시그널입니다. exit를 호출하지 않았으니 종료 코드는 없습니다.

none = 두 자식 모두 회수되었습니다. 부모가 wait를 또 호출합니다.
none-ask = 반환 값은 얼마일까요?
none-say = -1이고 errno는 ECHILD입니다. 기다릴 자식이 없으면 블로킹하지 않습니다.
after = 다음 수업: forkscope lesson orphan

title = wait와 상태 값
about = 종료한 자식에 대해 묻기. WNOHANG이 있을 때와 없을 때, 그리고 16비트 상태 값의 뜻.

nohang = 부모에게 자식이 둘 있다. A = { $a }, B = { $b }. 아무도 종료하지 않았다. 부모가 WNOHANG으로 waitpid를 호출한다.
nohang-ask = waitpid의 반환 값은?
nohang-say = 0이다. 자식은 있으나 종료한 자식이 없고, WNOHANG은 기다리지 말라는 뜻이다.

blocks = 다음은 WNOHANG 없는 wait(&status)다. 여전히 종료한 자식이 없다.
blocks-ask = 부모는 무엇을 하게 될까?
blocks-is-held = 다음 줄로 넘어간다
blocks-is-wait4 = 호출 안에서 기다린다
blocks-say = 시스템 콜 wait4 안에서 블로킹된다. P▸는 그 줄에 머문다. 그동안 다른 일은 하지 못한다. 이렇게 기다리는 서버는 연결요청을 받지 못한다.

exited = 부모가 기다리는 동안 A가 exit(3)을 호출한다.
exited-ask = wait가 status에 써 주는 값은?
exited-say = 0x0300. 종료 코드는 위쪽 8비트에 있다. WIFEXITED는 아래 7비트가 0인지 보고, WEXITSTATUS는 위쪽 8비트를 꺼낸다. wait의 반환 값은 { $a }이고, 그 프로세스는 이제 표에서 사라졌다.

stopped = 부모가 WUNTRACED로 B를 기다린다. 정지도 알려 달라는 뜻이다. B에 SIGSTOP(19, 16진수 13)을 보낸다.
stopped-ask = 이번 값은?
stopped-say = 0x137f. 아래쪽 7f는 정지를, 위쪽 8비트는 정지시킨 시그널을 뜻한다. B는 종료한 것이 아니라 T 상태다.

killed = 부모가 다시 B를 기다린다. B에 SIGKILL(9)을 보낸다.
killed-ask = 이번 값은?
killed-say = 0x0009. 아래 7비트가 종료시킨 시그널이다. exit를 호출하지 않았으니 종료 코드는 없다.

none = 두 자식 모두 회수되었다. 부모가 wait를 또 호출한다.
none-ask = 반환 값은?
none-say = -1이고 errno는 ECHILD다. 기다릴 자식이 없으면 블로킹하지 않는다.
after = 다음 수업: forkscope lesson orphan

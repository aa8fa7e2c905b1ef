title = fork는 두 번 반환된다
about = 한 프로세스가 호출하고 두 프로세스에서 반환되는 함수. 실패할 때와, exec은 무엇이 다른지.

before = fork는 호출한 프로세스의 복사본을 만든다. 다른 프로그램을 시작하는 것이 아니다. P▸가 이제 호출한다.
before-ask = 호출 다음 문장에는 몇 개의 프로세스가 있게 될까?
before-say = 둘이다. fork를 호출한 원본이 부모 프로세스, 복사된 것이 자식 프로세스다. 둘 다 호출 이후의 문장을 이어서 실행한다.

returned = 호출은 한 번, 반환은 두 번. 부모 프로세스는 { $p }, 자식 프로세스는 { $c }.
returned-ask = 자식 프로세스에서 fork의 반환 값은?
returned-say = 자식에게는 0, 부모에게는 자식 프로세스의 ID. 자식은 언제든 getppid로 부모의 ID를 알 수 있지만, 부모에게 자식의 ID를 알려 주는 그런 함수는 없다.

apart = 같은 코드지만 pid 값이 달라서 if에서 흐름이 나뉘었다. 저마다 다른 줄에 서 있다.
apart-say = 한 프로그램이 부모와 자식을 구분하는 방법이다. Windows에는 fork가 없고 CreateProcess가 파일에서 프로그램을 시작한다. 그래서 Linux를 본다.

refused = RLIMIT_NPROC이 0이다. 이 사용자는 프로세스를 더 만들 수 없다. (root는 이 제한을 받지 않으므로 먼저 root 권한을 버린다.)
refused-ask = fork는 무엇을 반환할까?
refused-say = 부모에게만 한 번, -1. 자식은 없다. 이유는 errno에 있다. EAGAIN은 프로세스 수의 한계에 닿았다는 뜻이다.

exec = 다른 프로그램의 자식 프로세스가 exec을 호출하려 한다. exec은 프로세스 안의 프로그램을 바꾼다.
exec-ask = 프로세스는 몇 개가 될까?
exec-say = 그대로 둘이다. exec은 프로세스를 만들지 않는다. { $c }은(는) PID가 그대로지만 이름도, 프로그램 파일도, 메모리도 새것이다. 예전 주소에 gval은 더 이상 없다.
after = 다음 수업: forkscope lesson copy

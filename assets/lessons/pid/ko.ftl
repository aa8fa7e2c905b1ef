title = 프로세스 ID
about = PID는 어떻게 주어지는가, PID 1은 누구인가, 데몬은 왜 ps au에 없는가, PID는 언제 다시 쓰이는가.
role-a = 자식
role-x = 첫째
role-y = 둘째

given = 모든 프로세스는 운영체제로부터 ID를 부여받는다. 2 이상의 정수다. 여기서는 한 프로세스가 fork를 세 번 호출했다.
given-say = 번호는 차례로 커진다. 건너뛴 번호가 있다면 그사이 이 시스템의 누군가가 fork한 것이다. 부모는 fork의 반환 값으로 저마다의 ID를 안다. 변수 a, b, c다.

first = 1은 유저가 만들어내는 프로세스가 받을 수 없는 번호다.
first-say = 1은 운영체제가 시작되자마자 커널이 실행하는 프로세스에게 주어진다. 시스템이 꺼질 때까지 살아 있으므로 이 번호는 비지 않는다. 2는 대개 커널 쓰레드의 부모인 kthreadd다.

ps = `ps au`는 모든 사용자의 프로세스 가운데 터미널이 있는 것을 보여 준다. P에게는 터미널이 없다. 데몬처럼 자기 세션에서 실행된다.
ps-ask = P는 ps au의 목록에 있을까?
ps-is-listed = 있다
ps-is-unlisted = 없다
ps-say = 없다. x를 더한 `ps aux`는 터미널이 없는 것까지 보여 준다. `forkscope snapshot`은 같은 열로 트리 하나를 보여 준다.

key = PID의 수에는 한계가 있다. pid_max 다음에는 비어 있는 작은 번호부터 다시 쓴다.
key-say = 그래서 PID는 살아 있는 동안만 그 프로세스를 가리킨다. 시작 시각(여기서는 부팅 뒤의 클럭 틱)을 함께 쓰면 영원한 이름이 된다. forkscope는 둘을 함께 쓴다.

inside = P가 앞으로 만들 자식을 위해 PID 네임스페이스를 따로 달라고 하고(unshare), A를 fork한다.
inside-ask = A가 getpid()를 호출하면?
inside-say = 1이다. 안에서는 첫 프로세스이기 때문이다. 밖에서는 { $a }. 프로세스 하나에 PID가 둘이다. 그래서 컨테이너에서는 평범한 프로그램이 PID 1이 되고, init처럼 고아를 회수해야 한다.

born = 안에서 A가 X를 fork한다. X는 거기서 다음 번호를 받는다.
born-say = fork는 A에게 X의 안쪽 PID를 반환했다. X는 곧 종료한다.

again = X가 종료하고 회수된다. A가 커널에 거기서부터 다시 세라고 한 다음(ns_last_pid) Y를 fork한다. 다른 곳에서라면 32768번쯤 fork해야 생기는 일이다.
again-ask = Y가 안에서 받는 PID는?
again-say = X가 쓰던 2다. 번호는 같지만 다른 프로세스다. 시작 시각만이 둘을 구별한다.
after = 다음 수업: forkscope lesson fork

# 화면의 모든 글을 한국어로. 모든 글은 en.ftl에도 있으며, 테스트가 둘을 견준다.

## 프로세스의 상태

state-running = 실행 중
state-sleeping = 대기
state-disk-sleep = 디스크 대기
state-stopped = 정지
state-traced = 추적 중
state-zombie = 좀비
state-dead = 소멸
state-idle = 유휴
state-parked = 보류
state-reaped = 회수됨
state-main-left = 주 쓰레드 종료

part-parent = 부모
part-child = 자식
part-orphan = 고아, 양부모 { $pid }
part-shared = { $pid }도 보유
part-inside = 안에서는 PID { $pid }

folded-crowd = + { $count }개 더{ $parts }
folded-below = + 아래 { $count }개{ $parts }
crowd-state = { $state } { $count }
crowd-zombies = 좀비 { $count }

exit-code = 종료 { $code }
exit-signal = { $signal }(으)로 종료
exit-unknown = 종료 상태 모름
no-wait-seen = wait 없음
ghost-doing = { $ending }, 좀비 { $time }

doing-accept = { $call }() 포트 { $port }
doing-wait = { $call }() 자식을 기다림
doing-serving = 서비스 중 { $peer }
doing-stopped = 시그널로 정지됨
doing-in-kernel = 시스템 콜 안

sigchld-default = 기본
sigchld-ignored = 무시
sigchld-caught = 처리기
sigchld-blocked = 막음
sigchld-pending = 보류 중

## 일어난 일

event-fork = 생성
event-exec = 실행
event-exit = 종료
event-reap = 회수
event-orphan = 고아
event-exec = 실행
event-end = 끝
event-connect = 연결
event-close = 닫힘
event-client = 클라이언트
event-lost = 놓침
event-order = 지시
event-mark = 표시
event-exit-code = 코드 { $code }
event-exit-signal = { $signal } 시그널
event-exit-unknown = 상태 모름
event-reap-after = { $pid }  { $time } 뒤
event-reap-by = ({ $pid })
event-reap-discarded = (기다린 프로세스 없음, 상태 버려짐)
event-orphan-from = { $pid }  { $from } → { $to }
event-order-policy = 회수 방식: { $policy }
event-order-model = 서버 모델: { $model }
event-held-by = 보유 { $pid }

failure-refused = 연결 거부
failure-reset = 서버가 연결을 끊음(RST)
failure-closed = 서버가 닫음
failure-timed-out = 시간 초과
failure-wrong = 잘못된 에코
failure-local = 시도조차 못 함

## 관찰 화면

subject-iterative = 반복 서버
subject-fork = 멀티프로세스 서버
subject-prefork = 미리 fork한 멀티프로세스 서버
subject-threads = 멀티쓰레드 서버
subject-epoll = 멀티플렉싱 서버
subject-attached = { $pid } 관찰
header-reap = 회수: { $policy }
header-reap-since = 회수: { $policy } ({ $time }부터)
header-live = ● 실시간 { $time }
header-paused = ‖ 멈춤 { $time } (-{ $back })
header-ended = ■ 끝 { $time } { $ending }

count-processes = 프로세스
count-processes-short = 프로세스
count-connections = 연결
count-connections-short = 연결
count-zombies = 좀비
count-zombies-short = 좀비
count-forked = 생성
count-forked-short = 생성
count-reaped = 회수
count-reaped-short = 회수
count-queue = 대기열
count-queue-short = 대기열
count-clients = 클라이언트
count-clients-short = 손님
count-lost = 놓침
count-lost-short = 놓침
count-oldest = 최장 { $time }
count-clients-note = 접속 { $done } 완료 { $failed }
count-clients-failed = { $count } 실패

title-processes = 프로세스
title-by-pid = PID순
title-by-connections = 연결 많은 순
title-by-cpu = CPU 많은 순
title-following = 변화를 따라감
title-following-below = { $pid } 아래를 따라감
title-filter = 필터 { $filter }: { $rows } 중 { $matching }
title-lanes = 최근 { $span }
title-why = 왜
title-events = 일어난 일
title-help = 키
title-policies = 부모가 자식을 회수하는 방식
title-models = 클라이언트를 서비스하는 방식
title-signals = { $pid }에 보낼 시그널
title-confirm = 확인
title-output = 서버가 출력한 것
rows-shown = { $rows }줄 가운데 { $from }–{ $to }
nothing-yet = 아직 볼 것이 없습니다. 서버가 시작되고 있습니다.
axis-now = 지금
too-small = 화면이 너무 작습니다. 적어도 { $columns }칸 { $rows }줄이 필요합니다.

prompt-filter = 필터:
prompt-filter-help = 글자  pid:4121  state:Z  port:9190  user:www-data   enter 적용  esc 필터 없음
filter-key = “{ $key }:” 없음 (pid, state, port, user), 글자는 "a:b"
filter-pid = PID가 아닙니다: “{ $value }”
filter-state = 상태가 아닙니다: “{ $value }”. 쓸 수 있는 글자: { $letters }
filter-port = 포트가 아닙니다: “{ $value }”. 1부터 65535까지입니다
filter-user = 그런 사용자가 없습니다: “{ $value }”
filter-quote = 닫는 "가 빠졌습니다

column-user = 사용자
column-pid = PID
column-ppid = PPID
column-state = 상태
column-conn = 연결
column-connections = 연결
column-threads = 쓰레드
column-fds = FD
column-rss = 메모리
column-cpu = CPU
column-age = 나이
column-doing = 하는 일
column-command = 명령

capture-exact = 이벤트: 정확함
capture-exact-times = 이벤트: 시각은 정확함, 바로 회수된 자식의 종료 상태는 모름
capture-exit-exact = 이벤트: 정확함, 회수 시각은 ±{ $every }
capture-deaths-exact = 생성은 { $every }마다 읽음: 더 짧게 산 자식은 놓칠 수 있음
capture-polling = { $every }마다 읽음: 더 짧게 산 자식은 놓칠 수 있음
capture-sock-diag = 연결은 커널의 소켓 표에서 읽음(sock_diag)
capture-procfs = 연결은 /proc/PID/net/tcp에서 읽음
reason-asked = 그렇게 하라고 지정됨
reason-no-perf = perf 이벤트를 쓸 수 없음: { $error }
reason-no-perf-paranoid = perf 이벤트를 쓸 수 없음: { $error }, perf_event_paranoid={ $paranoid }
reason-no-connector = proc connector를 쓸 수 없음: { $error }
reason-no-hangup = 이 커널의 pidfd는 회수를 알리지 않음
reason-no-status = 이 커널의 pidfd는 회수 뒤에 종료 상태를 알리지 않음
reason-untold = 생성 { $count }건의 알림이 오지 않음: setuid 프로그램이 알림을 끊을 수 있음
reason-too-short = 자식 { $count }개는 pidfd를 열기 전에 사라짐: 끝난 시각은 범위로만 알고 종료 상태는 모름
reason-unwatched = 디스크립터가 모자라 프로세스 { $count }개의 끝은 /proc에서 읽음
reason-no-pidfd = pidfd를 쓸 수 없음: { $error }
reason-no-sock-diag = sock_diag를 쓸 수 없음: { $error }
reason-other-network = 대상이 들어갈 수 없는 다른 네트워크 네임스페이스에 있음
reason-no-children = 이 커널은 자식 목록을 주지 않아 /proc 전체를 살핌
reason-unreadable = 프로세스 { $count }개의 열린 파일을 읽을 수 없어 연결 수를 모름
reason-possible-heirs = 프로세스 { $count }개가 대상의 고아일 수 있으나 열린 파일을 읽을 수 없음

## 자세히 보기

title-details = { $pid } 자세히
details-keys = y 확인 명령
beside-scrolls = PgUp PgDn 더
details-read-at = { $time }에 읽음
details-select = 프로세스를 고르세요: ↑ ↓
card-state = 상태
card-exit = 종료
card-parent = 부모
card-children = 자식
card-sigchld = SIGCHLD
card-command = 명령
card-blocked = 기다리는 곳
card-descriptors = 디스크립터
card-memory = 메모리
card-cpu = CPU
card-user = 사용자
card-caught = 처리기
card-ignored = 무시
card-masked = 막음
card-pending = 보류 중
card-group = 그룹
card-program = 실행 파일
card-namespace = 네임스페이스
card-cgroup = cgroup

card-alive = { $state }, 나이 { $age }
card-alive-threads = { $state }, 나이 { $age }, 쓰레드 { $threads }개
card-adopted = { $pid } (양부모: 원래 부모는 사라짐)
card-none = 없음
card-more = { $named } 외 { $count }개
card-not-permitted = 읽을 권한이 없음: 그 사용자나 root로 실행해야 보임
card-gone = 읽으려 했을 때는 이미 사라졌습니다.
card-zombie = 좀비에게는 메모리도 디스크립터도 남아 있지 않음
card-being-read = 읽는 중 …
card-not-read = { $time }에는 읽지 않음
card-sigchld-default = 기본: 자식이 끝나도 처리기가 실행되지 않음
card-sigchld-ignored = 무시: 끝난 자식을 커널이 바로 버림
card-sigchld-caught = 자식이 끝나면 처리기가 실행됨
card-sigchld-blocked = 꺼내 갈 때까지 막음
card-sigchld-pending = 하나가 보류 중
card-running = 시스템 콜이 아님: 실행 중
card-outside = 시스템 콜이 아님: 그래도 커널에서 기다림
card-memory-parts = { $resident }: 공유 { $shared }, 전용 { $private }
card-cpu-parts = 사용자 { $user }, 커널 { $system }
card-users = { $real }, 권한은 { $effective }
card-group-session = { $group }, 세션 { $session }
card-namespace-pid = pid:[{ $inode }], 그 안에서 { $pid }
card-open-of = { $count }개 (최대 { $most })
card-pipe = 파이프 { $inode }
card-listening = 연결요청 대기 { $address }, 대기열 { $queue }
card-held-by = 함께 보유 { $pids }
card-other-socket = 소켓 (이 트리의 TCP 연결이 아님)

title-proofs = { $pid } 확인 명령
proofs-below = 다른 셸에서 직접 입력   y 돌아가기
proof-identity = 부모, 상태
proof-signals = 시그널
proof-sockets = 소켓
proof-limit = 한도
proof-gone = 프로세스 { $pid }: 이미 사라져 물어볼 것이 없습니다.
proof-past = { $time }이 아니라 지금을 묻는 명령입니다.

## 키

group-clients = 클라이언트
group-server = 서버
group-time = 시간
group-view = 보기
group-capture = 얼마나 정확한가

key-client = 클라이언트 하나 보내기
key-clients = 클라이언트 열 보내기
key-hang-up = 고른 프로세스의 연결 끊기
key-hang-up-all = 모두 한꺼번에 끊기
key-stream = 자동 클라이언트 켜고 끄기
key-policy = 다음 회수 방식으로 바꾸기
key-pick-policy = 회수 방식 고르기
key-model = 다음 서버 모델로 바꾸기
key-pick-model = 서버 모델 고르기
key-signal = 고른 프로세스에 시그널
key-output = 서버가 출력한 것 보기
key-details = 고른 프로세스 자세히 보기
key-proofs = 자세한 내용을 확인하는 명령 보기
key-pause = 화면 멈추기, 다시 잇기
key-step-back = 앞서 일어난 일로
key-step-forward = 다음에 일어난 일로
key-first = 맨 처음으로
key-now = 지금으로
key-zoom-in = 시간 축 좁히기
key-zoom-out = 시간 축 넓히기
key-filter = 일부 프로세스만 보기
key-fold = 아래를 접기
key-unfold = 펼치기
key-unfold-all = 모두 펼치기
key-order = 순서: 나이, PID, 연결, CPU
key-follow = 최근 변화 따라가기, 그만두기
key-up = 윗줄 고르기
key-down = 아랫줄 고르기
key-page-up = 한 화면 위로
key-page-down = 한 화면 아래로
key-escape = 닫기, 고르기 취소
key-projector = 강의실용 큰 화면
key-export = 화면을 SVG로 저장
key-theme = 다음 색 테마
key-redraw = 화면 새로 그리기
key-suspend = 잠시 셸로 나가기
key-help = 이 도움말
key-quit = 끝내기

short-client = 클라이언트
short-clients = ×10
short-hang-up = 끊기
short-hang-up-all = 모두
short-stream = 자동
short-policy = 회수
short-model = 모델
short-signal = 시그널
short-pause = 멈춤
short-time = 시간
short-details = 자세히
short-filter = 필터
short-help = 도움말
short-quit = 끝

any-key-closes = 아무 키나 누르면 닫힘
choice-keys = ↑↓ 고르기  enter 결정  esc 취소
confirm-keys = y 예  n 아니요
confirm-signal = { $pid }에 { $signal } 시그널을 보낼까요?
output-keys = ↑↓ 넘기기  esc 닫기  사라진 앞줄: { $dropped }
output-empty = 출력한 것이 없습니다.
output-not-ours = 여기서 시작한 서버가 아니어서 출력이 다른 곳으로 갑니다.

## 부모가 회수하는 방식

model-iterative = 프로세스 하나가 한 번에 한 클라이언트
model-fork = 클라이언트마다 자식 프로세스
model-prefork = 미리 만들어 둔 자식 프로세스 몇 개
model-threads = 클라이언트마다 쓰레드
model-epoll = 프로세스 하나가 모든 클라이언트를 멀티플렉싱
policy-loop = SIGCHLD 처리기에서 남은 자식이 없을 때까지 waitpid
policy-once = 처리기에서 wait 한 번: SIGCHLD는 쌓이지 않음
policy-none = 아무것도 안 함: 모든 자식이 좀비로 남음
policy-wait = fork마다 wait()로 기다림
policy-poll = accept마다 waitpid(WNOHANG)
policy-ignore = SIG_IGN: 좀비는 없고 종료 상태는 사라짐
policy-nocldwait = SA_NOCLDWAIT: 같지만 /proc에 보이지 않음
policy-signalfd = SIGCHLD를 막고 signalfd로 읽음
policy-double-fork = 자식이 다시 fork: 고아가 서비스함

## 아랫줄에 나오는 말

refused-load = 관찰만 하는 서버라 클라이언트를 보내지 않습니다. --allow-load로 허락하세요.
refused-orders = 내장 서버만 지시를 받습니다.
refused-signals = 관찰만 하는 서버라 시그널을 보내지 않습니다. --allow-signals로 허락하세요.
refused-no-children = 해당 없음: { $model } 서버에는 회수할 자식이 없습니다.
refused-ended = 대상이 이미 끝났습니다.
refused-paused = 멈춘 동안에는 시그널을 보내지 않습니다. 먼저 스페이스를 누르세요.
refused-read-only = --read-only라 꺼져 있습니다.
told-stream-on = 클라이언트가 1초에 하나쯤 저절로 옵니다.
told-stream-off = 이제 클라이언트가 저절로 오지 않습니다.
told-no-client = 고른 프로세스에는 우리 클라이언트가 없습니다.
told-select-first = 먼저 프로세스를 고르세요: ↑ ↓
told-follow-tree = 막대가 가장 최근 변화를 따라갑니다.
told-follow-below = 막대가 이 프로세스와 그 아래의 최근 변화를 따라갑니다.
told-follow-off = 막대가 제자리에 머뭅니다.
told-not-sent = { $signal } 시그널을 보내지 않았습니다.
told-sent = { $pid }에 { $signal } 시그널을 보냈습니다.
told-model = 같은 프로세스가 이제 다른 프로그램을 실행합니다: { $model }
told-policy = 부모의 회수 방식이 바뀌었습니다: { $policy }
told-no-listener = 아직 연결요청을 받는 곳이 없어 클라이언트를 보내지 않았습니다.
told-hung-up-all = 모든 클라이언트를 한꺼번에 끊었습니다.
told-adopter-gone = 수호 프로세스가 죽어, 남은 프로세스를 모두 끝냈습니다.
told-unkillable = { $name }({ $pid })을 끝낼 권한이 없습니다.
told-ended = 대상이 끝났습니다: { $ending }. O를 누르면 출력한 것이 보입니다.
told-exported = 화면을 저장했습니다: { $path }
told-theme = 색 테마: { $name }
told-no-colours = NO_COLOR가 설정되어 있어 색을 쓰지 않습니다.
told-failed = { $what }: { $error }

## 스냅샷

snapshot-totals = 프로세스 { $processes }   쓰레드 { $threads }   좀비 { $zombies }   연결 { $connections }   접속대기 { $unaccepted }   연결요청 대기 소켓 { $listening }
snapshot-ended = { $pid } 끝남: { $ending }
snapshot-listener = { $address }  접속 대기열 { $queue } / { $backlog }  보유 { $pids }

## 일어난 일의 끝

end-target = 대상이 끝났습니다
end-elapsed = 정한 시간이 지났습니다
end-interrupted = 중단되었습니다
end-terminated = 종료 요청을 받았습니다
end-hung-up = 터미널이 닫혔습니다
end-totals = 생성 { $forks }   종료 { $exits }   회수 { $reaps }
end-unknown-statuses = 종료 상태를 모르는 종료: { $count }
end-unknown-reapers = 누가 회수했는지 모르는 회수: { $count }
end-bounded-zombie-times = 좀비로 있던 시간의 최댓값만 아는 회수: { $count }
end-unknown-zombie-times = 처음부터 좀비였던 프로세스의 회수: { $count }
end-late = 늦게 알려져 앞줄의 시각으로 적은 일: { $count }
end-lost = 커널이 전하지 못한 일: { $count }

## 시스템 전체의 좀비

zombies-totals = 좀비 { $zombies }   회수해야 할 프로세스 { $reapers }
zombies-hidden = /proc이 다른 사용자의 프로세스를 감추고 있어(hidepid), 그들의 좀비는 세지 못했습니다.
zombies-parent-unseen = 회수해야 할 프로세스가 여기서는 보이지 않습니다
zombies-parent = 사용자 { $user }   부모 { $ppid }   상태 { $state }   SIGCHLD { $sigchld }
zombies-cgroup = cgroup { $cgroup }
zombies-namespace = PID 네임스페이스 { $inode }에서 PID { $pid }
zombies-container-init = 컨테이너의 PID 1인데, 이 좀비들을 wait하지 않았습니다.
zombies-advice-stopped = 정지되어 있어, 다시 시작(SIGCONT)하기 전에는 wait할 수 없습니다.
zombies-advice-container-init = 좀비를 회수하는 init으로 컨테이너를 시작하세요. 예: docker run --init
zombies-advice-pending = SIGCHLD가 왔으나 막혀 있고, 아직 아무도 받지 않았습니다.
zombies-count = 좀비 { $count }   가장 오래된 것은 { $seen } 이상 보였고, 길어야 { $ago } 전에 종료
zombies-age = { $seen } 이상 보였고, 길어야 { $ago } 전에 종료
zombies-more = 그 밖에 { $count }

## 왜: 그 순간에 말해 둘 만한 것

why-from = 근거: { $sources }
why-does-call = { $call } 안에 있습니다
why-does-call-and = { $call } 안에 있고
why-does-run = 실행 중입니다
why-does-run-and = 실행 중이고
why-does-stop = 정지되어 있습니다
why-does-stop-and = 정지되어 있고
why-does-sleep = 대기 중입니다
why-does-sleep-and = 대기 중이고

why-nothing = 아직 아무 일도 일어나지 않았습니다.
why-born = { $parent }이(가) fork하여 자식 { $child }이(가) 태어났습니다. 부모의 복사본입니다.
why-born-parent-unseen = { $child }이(가) 태어났습니다. 누가 fork했는지는 보지 못했습니다.
why-born-serves = fork()는 디스크립터도 복사합니다. { $child }이(가) 클라이언트 { $peer }의 연결을 가지고 있습니다.
why-born-copy = 둘 다 fork() 다음부터 이어서 실행합니다. 반환값은 부모에서 { $child }, 자식에서 0입니다.
why-connected = 클라이언트가 연결되었습니다: { $peer } → 포트 { $port }
why-connected-queued = 여기까지는 커널이 혼자 한 일입니다. 프로세스가 accept()로 꺼낼 때까지 접속 대기열에서 기다립니다.
why-connected-held = 연결은 { $holder }이(가) 가지고 있습니다.
why-connected-unknown = 어느 프로세스가 이 연결을 가지고 있는지는 여기서 알 수 없습니다.
why-zombie = { $pid }은(는) 좀비입니다. 종료 뒤 { $time } 동안 부모 { $parent }의 wait가 보이지 않았습니다.
why-zombie-others = 다른 좀비가 { $others }개 더 있습니다.
why-unreaped-now = 종료한 자식은 부모가 wait할 때까지 모두 좀비입니다. 대개 1밀리초도 걸리지 않습니다.
why-unreaped-stopped = { $parent }은(는) 정지되어 있어, 다시 시작(SIGCONT)하기 전에는 wait할 수 없습니다.
why-unreaped-in-wait = { $parent }은(는) { $call } 안에 있지만 이 자식을 회수하지 않았습니다. 다른 자식을 기다리는 듯합니다.
why-unreaped-pending = { $parent }에 SIGCHLD가 왔으나 막혀 있어 보류 중이고, 아직 아무도 받지 않았습니다.
why-unreaped-taken = { $parent }은(는) SIGCHLD를 막아 두었는데 보류 중인 것이 없습니다. signalfd 등으로 받고도 이 자식을 wait하지 않은 듯합니다.
why-unreaped-default = { $parent }은(는) { $doing }, SIGCHLD를 기본 동작으로 두었습니다. wait해 줄 처리기가 없습니다.
why-unreaped-ignored = { $parent }은(는) 지금 SIGCHLD를 무시합니다. 앞으로 좀비가 생기지 않을 뿐, 이미 있는 좀비는 그대로입니다.
why-unreaped-caught = { $parent }은(는) { $doing }, SIGCHLD 처리기가 있습니다. SIGCHLD 하나가 여러 자식의 종료를 뜻할 수 있어, wait를 한 번만 하면 남습니다.
why-unreaped-unread = { $parent }이(가) SIGCHLD를 어떻게 하는지는 그때 읽지 못했습니다.
why-unreaped-unseen = 부모 { $parent }은(는) 관찰하는 프로세스가 아니어서, 무엇을 하는지 여기서 알 수 없습니다.
why-reaped-by = { $by }이(가) { $pid }을(를) 회수했습니다({ $ending }). 좀비로 있던 시간은 { $time }입니다.
why-reaped = { $pid }이(가) 회수되었습니다({ $ending }). 좀비로 있던 시간은 { $time }입니다.
why-reaped-more = wait()가 종료 상태를 가져가고 { $pid }의 줄이 프로세스 표에서 지워졌습니다. 이 번호는 다시 쓰일 수 있습니다.
why-reaped-unknown-more = wait()가 종료 상태를 가져갔는지 커널이 버렸는지는 알 수 없었습니다. 줄은 사라졌습니다.
why-reaped-discarded = { $pid }은(는) 좀비 없이 사라졌습니다. 커널이 종료 상태를 버렸습니다.
why-reaped-discarded-more = 부모가 SIGCHLD를 무시하거나(SIG_IGN) SA_NOCLDWAIT를 설정하면 그렇게 됩니다. { $pid }이(가) 어떻게 끝났는지 { $parent }은(는) 알 수 없습니다.
why-orphan = { $pid }은(는) 고아입니다. 부모 { $from }이(가) 먼저 끝나 { $to }이(가) 양부모가 되었습니다.
why-orphan-parent-unseen = { $pid }은(는) 고아입니다. 부모가 먼저 끝나 { $to }이(가) 양부모가 되었습니다.
why-adopter-init = { $to }은(는) init입니다. 더 가까운 조상 가운데 맡겠다는 프로세스가 없는 고아를 모두 맡아 회수합니다.
why-adopter-namespace = { $to }은(는) 그 PID 네임스페이스의 첫 프로세스입니다. 그 안의 고아를 맡아 회수해야 합니다.
why-adopter-subreaper = { $to }은(는) init이 아니라, 고아를 맡겠다고 한(PR_SET_CHILD_SUBREAPER) 가장 가까운 조상입니다. 회수할 책임도 집니다.
why-adopter-unclear = { $to }은(는) 고아를 맡겠다고 한 조상(subreaper)이거나 PID 네임스페이스의 첫 프로세스입니다. 회수할 책임도 집니다.
why-shared = { $pid }과(와) { $with }이(가) 클라이언트 { $peer }의 연결을 함께 가지고 있습니다.
why-shared-more = fork()는 디스크립터를 복사합니다. 한쪽만 close()해서는 끊기지 않고, 둘 다 닫아야 클라이언트가 끝을 압니다.
why-stopped-parent = { $pid }은(는) 정지되어 있습니다. SIGCONT가 올 때까지 accept도 wait도 못 합니다.
why-stopped-parent-zombies = 자식 가운데 { $zombies }개가 좀비입니다.
why-stopped-parent-waiting = 클라이언트 { $waiting }개가 accept()를 기다립니다.
why-killed-zombie = { $pid }은(는) 이미 종료해서 { $signal } 시그널이 아무것도 바꾸지 못합니다.
why-killed-zombie-more = 좀비에는 시그널로 끝낼 코드가 없습니다. 부모 { $parent }이(가) wait하거나 { $parent }이(가) 끝나야 줄이 사라집니다.
why-queue = 포트 { $port }의 접속 대기열에서 클라이언트가 기다립니다: { $waiting } / { $backlog }
why-queue-unbounded = 포트 { $port }의 접속 대기열에서 클라이언트가 기다립니다: { $waiting }
why-queue-full = 포트 { $port }의 접속 대기열이 가득 찼습니다: { $waiting }, 백로그 { $backlog }
why-queue-full-more = 지금 더 오는 연결요청은 커널이 버리고, 그 클라이언트는 다시 시도합니다.
why-queue-listener = 연결은 되었으나 아직 accept()되지 않았습니다. { $pid }은(는) { $doing }.
why-killed = { $pid }은(는) { $signal } 시그널로 끝났습니다. 스스로 종료한 것이 아닙니다.
why-killed-ours = { $pid }은(는) 여기서 보낸 { $signal } 시그널로 끝났습니다. 스스로 종료한 것이 아닙니다.
why-killed-fault = 대개 프로그램 자신의 잘못입니다. 이를테면 자기 것이 아닌 메모리에 접근했습니다.
why-killed-abort = 대개 프로그램이 스스로 잘못을 발견하고 abort()를 부른 것입니다.
why-killed-pipe = 대개 상대가 이미 닫은 연결에 쓴 것입니다.
why-killed-kill = SIGKILL은 어떤 프로세스도 처리하거나 막을 수 없습니다. 부모는 wait()로 어떤 시그널이었는지 압니다.
why-killed-other = 부모는 wait()로 이것을 압니다. 종료 상태에 종료 코드 대신 시그널 번호가 들어 있습니다.
why-wait-blocks = { $pid }은(는) { $call } 안에서 자식을 기다립니다. 기다리는 클라이언트: { $waiting }
why-wait-blocks-more = 자식마다 기다린 뒤에야 accept()하는 서버는 한 번에 한 클라이언트만 서비스합니다.
why-accepting = { $pid }은(는) { $call } 안에서 포트 { $port }에 클라이언트가 오기를 기다립니다.
why-accepting-somewhere = { $pid }은(는) { $call } 안에서 클라이언트가 오기를 기다립니다.
why-accepting-more = 자고 있어서 CPU를 쓰지 않습니다. 연결이 생기면 커널이 깨웁니다.
why-reading = { $pid }은(는) { $call } 안에서 { $peer }이(가) 무언가 보내기를 기다립니다.
why-reading-more = 그동안 자고 있어서 CPU를 쓰지 않습니다. 서버의 시간은 대부분 이런 기다림입니다.
why-writing = { $pid }은(는) { $call } 안에서 { $peer }에 보낼 자리가 나기를 기다립니다.
why-writing-more = 서버가 쓰는 것보다 클라이언트가 느리게 읽어, 사이의 버퍼가 가득 찼습니다.
why-awaits-child = { $pid }은(는) { $call } 안에서 자식이 끝나기를 기다립니다.
why-awaits-child-more = 자식의 종료 상태를 받아 돌아오고, 그때 자식의 줄이 사라집니다.
why-several = { $pid }은(는) { $call } 안에서 여러 디스크립터 가운데 하나를 기다립니다.
why-several-more = 멀티플렉싱입니다. 한 프로세스가 여러 클라이언트를 맡습니다. 가지고 있는 연결: { $connections }
why-in-signal = { $pid }은(는) { $call } 안에서 시그널을 기다립니다.
why-in-time = { $pid }은(는) { $call } 안에서 시간이 지나기를 기다립니다.
why-in-lock = { $pid }은(는) { $call } 안에서 잠금이 풀리기를 기다립니다.
why-in-read = { $pid }은(는) { $call } 안에서 읽을 것이 오기를 기다립니다.
why-in-write = { $pid }은(는) { $call } 안에서 쓸 자리가 나기를 기다립니다.
why-in-call = { $pid }은(는) { $call } 안에 있습니다.
why-running = { $pid }은(는) 실행 중입니다. 프로세서를 쓰고 있거나 차례를 기다립니다.
why-running-serves = 클라이언트 { $peer }의 연결을 가지고 있습니다.
why-stopped = { $pid }은(는) 시그널로 정지되었습니다. SIGCONT가 올 때까지 아무것도 하지 않습니다.
why-traced = { $pid }은(는) 디버거 같은 추적 프로그램이 정지시켰습니다.
why-disk-sleep = { $pid }은(는) 커널 안에서 대기 중입니다. 대개 디스크를 기다립니다.
why-disk-sleep-more = 기다리던 것을 얻은 뒤에야 시그널을 받습니다.
why-main-left = { $pid }은(는) Z로 보이지만 좀비가 아닙니다. 주 쓰레드만 끝났습니다.
why-main-left-more = 다른 쓰레드가 실행 중입니다. 마지막 쓰레드가 끝나야 회수할 수 있습니다.
why-unknown = { $pid }의 상태는 { $state }입니다. 어느 시스템 콜 안인지는 여기서 알 수 없습니다.
why-unknown-more = 커널은 그것을 같은 사용자와 root에게만 알려 줍니다. 또는 그때 읽지 못했습니다.
why-ended = { $pid }이(가) 끝났습니다: { $ending }
why-ended-more = 이제 아무것도 바뀌지 않습니다. ←를 눌러 되돌아가면 어떻게 끝났는지 볼 수 있습니다.

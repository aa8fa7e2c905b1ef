/* The least that watching with performance events can cost: reader PID. It opens the same events as forkscope, empties
 * their rings, rests as forkscope does where much happens, and does nothing with what it has read. What it leaves of the
 * watched server is what the kernel leaves whose events are inherited by each child, whoever reads them. */
#define _GNU_SOURCE
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PAGES = 32, PROCESSORS = 256 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(int count, char **arguments)
{
    static struct perf_event_mmap_page *rings[PROCESSORS];
    struct timespec rest = {.tv_nsec = 500000};
    long page = sysconf(_SC_PAGESIZE), processors = sysconf(_SC_NPROCESSORS_ONLN);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (count != 2 || epoll < 0 || processors > PROCESSORS)
        die("reader PID");
    for (long cpu = 0; cpu < processors; cpu++) {
        struct perf_event_attr event = {
            .type = PERF_TYPE_SOFTWARE,
            .size = sizeof event,
            .config = PERF_COUNT_SW_DUMMY,
            .sample_type = PERF_SAMPLE_TIME,
            .inherit = 1,
            .exclude_kernel = 1,
            .comm = 1,
            .task = 1,
            .watermark = 1,
            .wakeup_watermark = 1,
            .sample_id_all = 1,
            .comm_exec = 1,
            .use_clockid = 1,
            .clockid = CLOCK_BOOTTIME,
        };
        struct epoll_event waits = {.events = EPOLLIN};
        int fd = syscall(SYS_perf_event_open, &event, atoi(arguments[1]), cpu, -1, PERF_FLAG_FD_CLOEXEC);
        if (fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &waits) < 0)
            die("perf_event_open");
        rings[cpu] = mmap(NULL, (1 + PAGES) * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (rings[cpu] == MAP_FAILED)
            die("mmap");
    }
    printf("reading\n");
    fflush(stdout);
    for (;;) {
        struct epoll_event told[PROCESSORS];
        epoll_wait(epoll, told, PROCESSORS, -1);
        for (long cpu = 0; cpu < processors; cpu++) {
            uint64_t head = __atomic_load_n(&rings[cpu]->data_head, __ATOMIC_ACQUIRE);
            __atomic_store_n(&rings[cpu]->data_tail, head, __ATOMIC_RELEASE);
        }
        nanosleep(&rest, NULL);
    }
}

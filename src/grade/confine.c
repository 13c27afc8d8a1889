/* confine.c -- Landlock rules and the outer seccomp filter. */
#define _GNU_SOURCE
#include "grade/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's structure, with the fields that older headers lack. */
typedef struct ruleset_attributes {
    uint64_t files, network, scopes;
} ruleset_attributes;

enum { ALL_FILES_1 = (1 << 13) - 1 }; /* the thirteen rights of ABI 1 */

static uint64_t all_files(int abi)
{
    uint64_t rights = ALL_FILES_1;
    if (abi >= 2) rights |= 1u << 13; /* REFER */
    if (abi >= 3) rights |= 1u << 14; /* TRUNCATE */
    if (abi >= 5) rights |= 1u << 15; /* IOCTL_DEV */
    return rights;
}

int confine_landlock_abi(void)
{
    const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

static bool allow(int ruleset, const char *path, uint64_t rights)
{
    const int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT; /* what is not there needs no rule */
    const struct landlock_path_beneath_attr beneath = {.allowed_access = rights, .parent_fd = fd};
    const bool ok =
        syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
    close(fd);
    return ok;
}

bool confine_landlock(const sandbox_job *job)
{
    const int abi = confine_landlock_abi();
    if (abi < 1) return false;
    const ruleset_attributes attributes = {.files = all_files(abi),
                                           .network = 3 /* bind, connect */,
                                           .scopes = 3 /* sockets, signals */};
    const size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) return false;
    const uint64_t file = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
    const uint64_t look = file | LANDLOCK_ACCESS_FS_READ_DIR;
    const uint64_t write =
        all_files(abi) & ~(uint64_t)(LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK);
    static const char *const tools[] = {"/usr", "/bin", "/lib", "/lib64", NULL};
    static const char *const libraries[] = {"/usr/lib", "/usr/lib64", "/lib", "/lib64", NULL};
    bool ok = true;
    for (const char *const *path = job->tools ? tools : libraries; *path; path++)
        ok = ok && allow(ruleset, *path, look);
    ok = ok && allow(ruleset, "/etc/ld.so.cache", LANDLOCK_ACCESS_FS_READ_FILE);
    ok = ok && allow(ruleset, "/dev/null", file | LANDLOCK_ACCESS_FS_WRITE_FILE);
    if (job->readable) ok = ok && allow(ruleset, job->readable, file);
    ok = ok && allow(ruleset, job->scratch, job->scratch_writable ? write : look);
    ok = ok && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return ok;
}

/* A compiler needs to start programs and write files; nobody here needs these. */
static const int refused[] = {SCMP_SYS(socket),
                              SCMP_SYS(socketpair),
                              SCMP_SYS(connect),
                              SCMP_SYS(bind),
                              SCMP_SYS(listen),
                              SCMP_SYS(accept),
                              SCMP_SYS(ptrace),
                              SCMP_SYS(process_vm_readv),
                              SCMP_SYS(process_vm_writev),
                              SCMP_SYS(pidfd_open),
                              SCMP_SYS(pidfd_getfd),
                              SCMP_SYS(pidfd_send_signal),
                              SCMP_SYS(mount),
                              SCMP_SYS(umount2),
                              SCMP_SYS(pivot_root),
                              SCMP_SYS(chroot),
                              SCMP_SYS(unshare),
                              SCMP_SYS(setns),
                              SCMP_SYS(open_tree),
                              SCMP_SYS(move_mount),
                              SCMP_SYS(fsopen),
                              SCMP_SYS(keyctl),
                              SCMP_SYS(add_key),
                              SCMP_SYS(request_key),
                              SCMP_SYS(bpf),
                              SCMP_SYS(perf_event_open),
                              SCMP_SYS(userfaultfd),
                              SCMP_SYS(io_uring_setup),
                              SCMP_SYS(io_uring_enter),
                              SCMP_SYS(io_uring_register),
                              SCMP_SYS(open_by_handle_at),
                              SCMP_SYS(init_module),
                              SCMP_SYS(finit_module),
                              SCMP_SYS(kexec_load),
                              SCMP_SYS(reboot),
                              SCMP_SYS(swapon),
                              SCMP_SYS(personality),
                              SCMP_SYS(quotactl),
                              SCMP_SYS(acct),
                              SCMP_SYS(shmget),
                              SCMP_SYS(msgget),
                              SCMP_SYS(semget),
                              SCMP_SYS(mq_open),
                              SCMP_SYS(setsid),
                              SCMP_SYS(setpgid)};

static scmp_filter_ctx outer_filter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter) return NULL;
    bool ok = true;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        ok = ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0) == 0;
    /* clone3 hides its flags from filters; without it the C library uses clone. */
    ok = ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
    ok = ok && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER)) == 0;
    if (ok) return filter;
    seccomp_release(filter);
    return NULL;
}

bool confine_filter(void)
{
    scmp_filter_ctx filter = outer_filter();
    if (!filter) return false;
    const bool ok = seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}

int confine_filter_fd(void)
{
    scmp_filter_ctx filter = outer_filter();
    const int fd = filter ? memfd_create("filter", 0) : -1;
    const bool ok = fd >= 0 && seccomp_export_bpf(filter, fd) == 0 && lseek(fd, 0, SEEK_SET) == 0;
    if (filter) seccomp_release(filter);
    if (ok) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

/* A library to preload (ld.so(8), LD_PRELOAD): it records what a process writes, and what it has
 * flushed, below the folder $RECORD_FOLDER, into the file $RECORD_FILE; power.py reads that.
 *
 * A record: one letter, the length of a path and of data (4 bytes each), an offset and an inode
 * (8 bytes each), the path, the data.
 *
 *   C a file was created          W data was written at an offset
 *   T a file was cut to a length  B a flush begins (its number is the offset)   S it has ended well
 *   R renamed (data: new path)    U unlinked
 *
 * A write and its record are made under one lock, so that the order of records is that of writes.
 * A flush is not: others go on writing while it lasts, and it promises only what was written before
 * it began.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static int record = -1;
static unsigned long long flushes;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static int (*real_openat)(int, const char *, int, ...);

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("RECORD_FILE"), *where = getenv("RECORD_FOLDER");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
    real_openat = dlsym(RTLD_NEXT, "openat64");
    if (!file || !where || !realpath(where, folder))
        return;
    record = real_openat(AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Is this path within the folder, and no matter of a moment (shared memory, locks)? */
static int ours(const char *path) {
    size_t whole = strlen(folder), length = strlen(path);
    if (record < 0 || strncmp(path, folder, whole) || (path[whole] && path[whole] != '/'))
        return 0;
    return !(length > 4 && (!strcmp(path + length - 4, "-shm") || !strcmp(path + length - 5, ".lock")));
}

static int named(int fd, char *path) {
    char link[64];
    ssize_t length;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    errno = before;
    return length > 0 && ours(path);
}

static void absolute(int at, const char *path, char *whole) {
    char base[PATH_MAX];
    if (path[0] == '/') {
        snprintf(whole, PATH_MAX, "%s", path);
        return;
    }
    if (at == AT_FDCWD) {
        if (!getcwd(base, sizeof base))
            base[0] = 0;
    } else {
        named(at, base);
    }
    snprintf(whole, PATH_MAX, "%.2000s/%.2000s", base, path);
}

static unsigned long long inode(int fd) {
    struct stat found;
    return fstat(fd, &found) ? 0 : found.st_ino;
}

/* Call with the lock held. */
static void note(char what, const char *path, unsigned long long at, unsigned long long node,
                 const void *data, size_t size) {
    unsigned char head[25];
    unsigned int path_size = strlen(path), data_size = size;
    int before = errno;
    struct iovec parts[3] = {{head, 25}, {(void *)path, path_size}, {(void *)data, size}};
    head[0] = what;
    memcpy(head + 1, &path_size, 4);
    memcpy(head + 5, &data_size, 4);
    memcpy(head + 9, &at, 8);
    memcpy(head + 17, &node, 8);
    if (writev(record, parts, 3) != (ssize_t)(25 + path_size + size))
        abort();
    errno = before;
}

static int opened(int at, const char *path, int flags, mode_t mode) {
    char whole[PATH_MAX];
    struct stat found;
    int fd, fresh;
    absolute(at, path, whole);
    if (!ours(whole) || !(flags & (O_CREAT | O_TRUNC)))
        return real_openat(at, path, flags, mode);
    pthread_mutex_lock(&lock);
    fresh = stat(whole, &found) != 0;
    fd = real_openat(at, path, flags, mode);
    if (fd >= 0 && fresh)
        note('C', whole, 0, inode(fd), "", 0);
    if (fd >= 0 && !fresh && (flags & O_TRUNC))
        note('T', whole, 0, inode(fd), "", 0);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPEN(name, AT, FIRST)                                                                      \
    int name(FIRST const char *path, int flags, ...) {                                             \
        mode_t mode = 0;                                                                           \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                       \
            va_list more;                                                                          \
            va_start(more, flags);                                                                 \
            mode = va_arg(more, mode_t);                                                           \
            va_end(more);                                                                          \
        }                                                                                          \
        return opened(AT, path, flags, mode);                                                      \
    }
#define NONE
#define AT_FIRST int at,
OPEN(open, AT_FDCWD, NONE)
OPEN(open64, AT_FDCWD, NONE)
OPEN(openat, at, AT_FIRST)
OPEN(openat64, at, AT_FIRST)

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    char path[PATH_MAX];
    ssize_t done;
    if (!named(fd, path))
        return real_pwrite64(fd, data, size, at);
    pthread_mutex_lock(&lock);
    done = real_pwrite64(fd, data, size, at);
    if (done > 0)
        note('W', path, at, inode(fd), data, done);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return pwrite64(fd, data, size, at);
}

ssize_t write(int fd, const void *data, size_t size) {
    char path[PATH_MAX];
    ssize_t done;
    if (fd == record || !named(fd, path))
        return real_write(fd, data, size);
    pthread_mutex_lock(&lock);
    done = real_write(fd, data, size);
    if (done > 0)
        note('W', path, lseek64(fd, 0, SEEK_CUR) - done, inode(fd), data, done);
    pthread_mutex_unlock(&lock);
    return done;
}

static int cut(const char *name, int fd, off64_t size) {
    char path[PATH_MAX];
    int (*real)(int, off64_t) = dlsym(RTLD_NEXT, name);
    int done, mine = named(fd, path);
    pthread_mutex_lock(&lock);
    done = real(fd, size);
    if (!done && mine)
        note('T', path, size, inode(fd), "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int ftruncate(int fd, off_t size) { return cut("ftruncate", fd, size); }
int ftruncate64(int fd, off64_t size) { return cut("ftruncate64", fd, size); }

static int flushed(const char *name, int fd) {
    char path[PATH_MAX];
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    unsigned long long number;
    int done;
    if (!named(fd, path))
        return real(fd);
    pthread_mutex_lock(&lock);
    number = ++flushes;
    note('B', path, number, inode(fd), "", 0);
    pthread_mutex_unlock(&lock);
    done = real(fd);
    pthread_mutex_lock(&lock);
    if (!done)
        note('S', path, number, inode(fd), "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int fsync(int fd) { return flushed("fsync", fd); }
int fdatasync(int fd) { return flushed("fdatasync", fd); }

static int moved(int from_at, const char *from, int to_at, const char *to) {
    char old[PATH_MAX], fresh[PATH_MAX];
    int (*real)(int, const char *, int, const char *) = dlsym(RTLD_NEXT, "renameat");
    struct stat found = {0};
    int done;
    absolute(from_at, from, old);
    absolute(to_at, to, fresh);
    pthread_mutex_lock(&lock);
    stat(old, &found);
    done = real(from_at, from, to_at, to);
    if (!done && (ours(old) || ours(fresh)))
        note('R', old, 0, found.st_ino, fresh, strlen(fresh));
    pthread_mutex_unlock(&lock);
    return done;
}
int rename(const char *from, const char *to) { return moved(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int from_at, const char *from, int to_at, const char *to) {
    return moved(from_at, from, to_at, to);
}

static int removed(int at, const char *path, int flags) {
    char whole[PATH_MAX];
    int (*real)(int, const char *, int) = dlsym(RTLD_NEXT, "unlinkat");
    struct stat found = {0};
    int done;
    absolute(at, path, whole);
    pthread_mutex_lock(&lock);
    stat(whole, &found);
    done = real(at, path, flags);
    if (!done && ours(whole))
        note('U', whole, 0, found.st_ino, "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return removed(at, path, flags); }

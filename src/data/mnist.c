/* mnist -- finds the MNIST files in a directory and loads one part of them, images with labels. */
#include "data/mnist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_errno.h>
#include <unistd.h>

/* Where `make mnist` puts the files. */
#define DEFAULT_DIR "build/mnist"

static const char *const image_name[] = {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"};
static const char *const label_name[] = {"train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"};

/* --- Finding the files --------------------------------------------------------------------- */

/* dir/name suffix in memory the caller frees, or NULL without memory. */
static char *join(const char *dir, const char *name, const char *suffix)
{
    const size_t size =
        strlen(dir) + strlen(name) + strlen(suffix) + 2; /* '/' and the final '\0' */
    char *path = malloc(size);
    if (path != NULL) snprintf(path, size, "%s/%s%s", dir, name, suffix);
    return path;
}

/* A file that exists but cannot be reached counts: the reader then says what is wrong with it.
 * POSIX, because fopen would allocate memory, and wait for ever on a named pipe. */
static int exists(const char *path)
{
    return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* Sets *path, which the caller frees, to dir/name.gz, else dir/name, else NULL if neither exists.
 * Returns GSL_SUCCESS or GSL_ENOMEM. */
static int find(const char *dir, const char *name, char **path)
{
    static const char *const suffix[] = {".gz", ""};
    for (size_t i = 0; i < 2; i++) {
        *path = join(dir, name, suffix[i]);
        if (*path == NULL) return GSL_ENOMEM;
        if (exists(*path)) return GSL_SUCCESS;
        free(*path);
    }
    *path = NULL;
    return GSL_SUCCESS;
}

static int holds(const char *dir, const char *name)
{
    char *path;
    const int found = find(dir, name, &path) == GSL_SUCCESS && path != NULL;
    free(path);
    return found;
}

const char *mnist_dir(const char *option)
{
    if (option != NULL) return strcmp(option, "none") == 0 ? NULL : option;
    const char *variable = getenv("MNIST_DIR");
    if (variable != NULL && variable[0] != '\0') return variable;
    for (size_t part = MNIST_TRAIN; part <= MNIST_TEST; part++)
        if (!holds(DEFAULT_DIR, image_name[part]) || !holds(DEFAULT_DIR, label_name[part]))
            return NULL;
    return DEFAULT_DIR;
}

/* --- Loading ------------------------------------------------------------------------------- */

/* find, with a message when there is no such file. */
static int locate(const char *dir, const char *name, char **path, char *error, size_t error_size)
{
    const int status = find(dir, name, path);
    if (status != GSL_SUCCESS)
        return idx_fail(error, error_size, dir, status, "out of memory while looking for %s", name);
    if (*path == NULL)
        return idx_fail(error, error_size, dir, GSL_EFAILED,
                        "no MNIST file here, expected %s.gz or %s (`make mnist` fetches it)", name,
                        name);
    return GSL_SUCCESS;
}

static int read_images(const char *dir, const char *name, mnist *data, char *error,
                       size_t error_size)
{
    char *path = NULL;
    int status = locate(dir, name, &path, error, error_size);
    if (status == GSL_SUCCESS) status = idx_images_read(path, &data->images, error, error_size);
    if (status == GSL_SUCCESS &&
        (data->images->rows != MNIST_SIDE || data->images->cols != MNIST_SIDE))
        status = idx_fail(error, error_size, path, GSL_EFAILED,
                          "images of %zu x %zu pixels, expected %d x %d", data->images->rows,
                          data->images->cols, MNIST_SIDE, MNIST_SIDE);
    free(path);
    return status;
}

static int read_labels(const char *dir, const char *name, mnist *data, char *error,
                       size_t error_size)
{
    char *path = NULL;
    int status = locate(dir, name, &path, error, error_size);
    if (status == GSL_SUCCESS) status = idx_labels_read(path, &data->labels, error, error_size);
    if (status == GSL_SUCCESS && data->labels->n != data->images->n)
        status = idx_fail(error, error_size, path, GSL_EFAILED,
                          "%zu labels, expected %zu, one for each image", data->labels->n,
                          data->images->n);
    free(path);
    return status;
}

int mnist_read(const char *dir, mnist_part part, mnist **out, char *error, size_t error_size)
{
    if (out != NULL) *out = NULL;
    if (dir == NULL || out == NULL || (part != MNIST_TRAIN && part != MNIST_TEST))
        return idx_fail(error, error_size, "mnist_read", GSL_EINVAL,
                        "bad argument, expected a directory, a part and a place for the result");
    mnist *data = malloc(sizeof *data);
    if (data == NULL)
        return idx_fail(error, error_size, dir, GSL_ENOMEM, "out of memory before reading");
    *data = (mnist){NULL, NULL};
    int status = read_images(dir, image_name[part], data, error, error_size);
    if (status == GSL_SUCCESS) status = read_labels(dir, label_name[part], data, error, error_size);
    if (status != GSL_SUCCESS) {
        mnist_free(data);
        return status;
    }
    *out = data;
    return GSL_SUCCESS;
}

void mnist_free(mnist *data)
{
    if (data == NULL) return;
    idx_images_free(data->images);
    idx_labels_free(data->labels);
    free(data);
}

double mnist_scale_pixel(unsigned char v)
{
    return v / 127.5 - 1.0;
}

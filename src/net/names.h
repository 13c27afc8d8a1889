/* names.h -- the names of the double set: `gemm` compiled with NET_DOUBLE is `gemm_double`.
 *
 * One line per public function of the files of src/net that are compiled twice (NET_TWICE in the
 * Makefile); included by real.h.  tests/test_net_names.sh compares it with the object files. */
#ifndef NET_NAMES_H
#define NET_NAMES_H

#define network_free network_free_double

#define gemm gemm_double
#define gemm_naive gemm_naive_double

#define kernel_gemm kernel_gemm_double
#define kernel_flat kernel_flat_double
#define kernel_in_use kernel_in_use_double
#define kernel_name kernel_name_double
#define kernel_limit kernel_limit_double
#define kernel_gemm_baseline kernel_gemm_baseline_double
#define kernel_gemm_avx2 kernel_gemm_avx2_double
#define kernel_gemm_avx512 kernel_gemm_avx512_double
#define kernel_flat_baseline kernel_flat_baseline_double
#define kernel_flat_avx2 kernel_flat_avx2_double
#define kernel_flat_avx512 kernel_flat_avx512_double

#define dense_forward dense_forward_double
#define dense_row dense_row_double
#define dense_act_forward dense_act_forward_double
#define dense_backward_weight dense_backward_weight_double
#define dense_backward_input dense_backward_input_double

#define act_forward act_forward_double

#define embed_alloc embed_alloc_double
#define embed_free embed_free_double

#define mlp_alloc mlp_alloc_double
#define mlp_default mlp_default_double

#define adam_step adam_step_double
#define adam_gather adam_gather_double
#define adam_clip adam_clip_double
#define ema_decay ema_decay_double
#define ema_update ema_update_double

#endif

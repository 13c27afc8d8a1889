/* test_derive_lines.c -- single lines through the derivation checker: the class, the verdict and the reason
 * of the last line of each.  What the grammar refuses is refused with a reason of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <gsl/gsl_errno.h>

#include "derive/derive.h"

static void lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        derive_class class;
        derive_verdict verdict;
        const char *reason; /* how it begins */
    } cases[] = {
        {"\\[ \\sigma_t = \\sqrt{\\beta_t} \\] \\[ w_t = "
         "\\frac{\\beta_t}{2\\alpha_t(1-\\bar\\alpha_t)} \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\log p_\\theta(x_{t-1}|x_t) - \\log q(x_T|x_0) = \\log "
         "\\mathcal{N}(x_{t-1};\\mu_\\theta,\\sigma_t^2 I) - \\log "
         "\\mathcal{N}(\\sqrt{\\bar\\alpha_T}x_0,(1-\\bar\\alpha_T)I) \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"% derive: let 1 = 2", DERIVE_DEFINITION, DERIVE_NOT_UNDERSTOOD,
         "this name has a meaning already (docs/notati"},
        {"% derive: let", DERIVE_DEFINITION, DERIVE_NOT_UNDERSTOOD,
         "known directives: let, vector, positive, app"},
        {"% derive: vector 3", DERIVE_DEFINITION, DERIVE_NOT_UNDERSTOOD,
         "a list of names was expected here"},
        {"% derive: sing", DERIVE_DEFINITION, DERIVE_NOT_UNDERSTOOD,
         "known directives: let, vector, positive, app"},
        {"% derive: dimension 1\n\\[ \\|x_t\\|^2 = x_t^2 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"% derive: dimension 1\n% derive: dimension any\n\\[ \\|x_t\\|^2 = x_t^2 \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ q(x_{t+1}|x_t) = \\mathcal{N}(x_{t+1};\\sqrt{\\alpha_{t+1}}x_t,\\beta_{t+1}I) \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\beta_t^{x_t} = 1 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "an exponent that is not one number"},
        {"\\[ \\|x_t\\|^3 = \\|x_t\\|\\,\\|x_t\\|^2 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\beta_t^3 = \\beta_t\\beta_t^2, \\quad \\beta_t^{-1} = \\frac{1}{\\beta_t}, \\quad "
         "\\beta_t^{1/2} = \\sqrt{\\beta_t} \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ x_t^3 = x_t \\cdot x_t^2 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\sum_{t=1}^T t = \\frac{T(T+1)}{2} \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"% derive: let a = b + 1\n% derive: let b = a + 1\n\\[ a = 1 \\]", DERIVE_STATEMENT,
         DERIVE_UNDECIDED, "a name that is defined by itself"},
        {"\\[ \\log \\prod_{t=1}^T \\beta_t = \\sum_{t=1}^T \\log\\beta_t \\]", DERIVE_STATEMENT,
         DERIVE_OK, NULL},
        {"\\[ \\log \\exp(\\beta_t) = \\beta_t \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"% derive: let w = q(x_1|x_0)\n\\[ \\log w = \\log q(x_1|x_0) \\]", DERIVE_STATEMENT,
         DERIVE_OK, NULL},
        {"\\[ \\log \\mathcal{N}(0, I) + 1 = 2 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "a normal law without its variable: write N(x"},
        {"\\[ x_{-t} = x_0 \\]", DERIVE_STATEMENT, DERIVE_WRONG, "a state before x_0 appears"},
        {"\\[ x_{1/2} = x_0 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "an index that is not a whole number"},
        {"\\[ "
         "\\mathbb{E}_{\\epsilon}[\\mathbb{E}_{\\epsilon\\sim\\mathcal{N}(0,I)}[\\|\\epsilon\\|^2] "
         "+ \\|\\epsilon\\|^2] = 2D \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_q[\\int q(x_1|x_0) dx_1] = 1 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_{q(x_t|x_0)}[\\log\\mathcal{N}(x_t;0,I)] = "
         "-\\frac12(\\bar\\alpha_t\\|x_0\\|^2 + D(1-\\bar\\alpha_t)) - \\frac{D}{2}\\log(2\\pi) "
         "\\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"% derive: let h = \\|x_1\\|^2\n\\[ \\mathbb{E}_q[h] = \\bar\\alpha_1\\|x_0\\|^2 + "
         "D\\beta_1 \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"% derive: let w = \\frac{p_\\theta(x_0|x_1)}{q(x_1|x_0)}\n\\[ \\mathbb{E}_q[\\log w] = "
         "\\mathbb{E}_{q(x_1|x_0)}\\log p_\\theta(x_0|x_1) - \\mathbb{E}_q[\\log q(x_1|x_0)] \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_q\\left[\\frac{\\|x_t\\|^2}{\\beta_t}\\right] = "
         "\\frac{\\bar\\alpha_t\\|x_0\\|^2 + D(1-\\bar\\alpha_t)}{\\beta_t} \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_q[-(2\\|x_1\\|^2)\\cdot 3] = -6\\,\\mathbb{E}_{q(x_1|x_0)}[\\|x_1\\|^2] "
         "\\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_q[\\|x_1\\|^2\\|x_2\\|^2] = "
         "\\mathbb{E}_q[\\|x_1\\|^2]\\,\\mathbb{E}_q[\\|x_2\\|^2] \\]",
         DERIVE_STATEMENT, DERIVE_WRONG, NULL},
        {"\\[ \\mathbb{E}_q[\\sum_{i=1}^{10^8} \\|x_1\\|^2] = 1 \\]", DERIVE_STATEMENT,
         DERIVE_UNDECIDED, "too expensive: a range of more than 100000 t"},
        {"\\[ \\mathbb{E}_{p_\\theta(x_{t-1}|x_t)}[x_{t-1}] = \\mu_\\theta(x_t,t) \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_{p_\\theta(x_{t-1}|x_t)}[\\|x_{t-1} - \\mu_\\theta(x_t,t)\\|^2] = "
         "D\\sigma_t^2 "
         "\\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_{p_\\theta(x_{t-1}|x_t)}[\\|x_{t-1}\\|^2] = D\\sigma_t^2 \\]",
         DERIVE_STATEMENT, DERIVE_WRONG, NULL},
        {"\\[ \\mathbb{E}_{p(x_T)}[\\sin(\\|x_T\\|^2) + \\|x_T\\|^2] = D + "
         "\\mathbb{E}_{p(x_T)}[\\sin(\\|x_T\\|^2)] \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_{p_\\theta(x_{t-1}|x_t)}[\\mathbb{E}_{q(x_{t-1}|x_t,x_0)}[x_{t-1}]] = "
         "\\tilde\\mu_t \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ D_{KL}(p_\\theta(x_{t-1}|x_t)\\|q(x_{t-1}|x_t,x_0)) = "
         "\\mathbb{E}_{p_\\theta(x_{t-1}|x_t)}\\left[\\log\\frac{p_\\theta(x_{t-1}|x_t)}{q(x_{t-1}|"
         "x_t,"
         "x_0)}\\right] \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_{p_\\theta(x_0|x_2)}[x_0] = 0 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "an expectation under p_theta of more than one step"},
        {"\\[ \\mathbb{E}_{p_\\theta(x_{0:T})}[x_0] = 0 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "an expectation under p_theta of more than one step"},
        {"\\[ \\log p_\\theta(x_0) \\ge \\mathcal{L} = "
         "\\mathbb{E}_q\\left[\\log\\frac{p_\\theta(x_{0:T})}{q(x_{1:T}|x_0)}\\right] \\]",
         DERIVE_DEFINITION, DERIVE_NOT_CHECKED, NULL},
        {"\\[ \\mathbb{E}_{p_\\theta}[x_1] = 0 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "over which law? p needs its arguments"},
        {"\\[ \\mathbb{E}_{q(x_{T+1}|x_0)}[x_1] = 0 \\]", DERIVE_STATEMENT, DERIVE_WRONG,
         "a state after x_T appears"},
        {"\\[ \\mathbb{E}_{q(x_0)}[\\beta_1] = \\beta_1 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\int \\prod_{t=1}^{T} q(x_t|x_{t-1})\\,dx_{1:T} = 1 \\]", DERIVE_STATEMENT,
         DERIVE_OK, NULL},
        {"\\[ \\int \\|x_1\\|^2 q(x_1|x_0) dx_1 = \\bar\\alpha_1\\|x_0\\|^2 + \\beta_1 \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\int \\frac{q(x_1|x_0)}{1} dx_1 = 1 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\int q(x_1|x_0) \\sin(x_1+x_2+x_3) q(x_2|x_1) q(x_3|x_2) dx_{1:3} = 0 \\]",
         DERIVE_STATEMENT, DERIVE_UNDECIDED, "an integrand that couples more than two neig"},
        {"\\[ \\int p_\\theta(x_{0:T}) dx_{1:T} = p_\\theta(x_0) + 0 \\cdot x_0^2 \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ p_\\theta(x_1,x_3) = 1 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "this marginal of p_theta is not evaluated"},
        {"\\[ p_\\theta(x_0|x_T) = 1 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "p_theta over several steps at once is not ev"},
        {"\\[ p_\\theta(x_t|x_{t-1}) = 1 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "this marginal of p_theta is not evaluated"},
        {"\\[ p_\\theta(x_T|x_{T-1}) = \\frac{p_\\theta(x_{T-1}|x_T)p(x_T)}{p_\\theta(x_{T-1})} "
         "\\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ p_\\theta(x_1|x_0,x_2) = 1 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "p_theta given x_0 and later states is not ev"},
        {"\\[ D_{KL}(p_\\theta(x_0)\\|q(x_0)) = 0 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "this divergence is not evaluated"},
        {"\\[ D_{KL}(q(x_{t-1}|x_t,x_0) \\| p_\\theta) = D_{KL}(q(x_{t-1}|x_t,x_0) \\| "
         "p_\\theta(x_{t-1}|x_t)) \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ D_{KL}(q(x_{t-2}|x_t,x_0)\\|p_\\theta(x_{t-2}|x_{t-1})) = "
         "D_{KL}(q(x_{t-2}|x_t,x_0)\\|p_\\theta(x_{t-2}|x_{t-1})) \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\int q(x_1|x_{t-2},x_0) \\sin(x_1) dx_1 = 1 + \\int q(x_1|x_{t-2},x_0) \\sin(x_1) "
         "dx_1 \\]",
         DERIVE_STATEMENT, DERIVE_WRONG, NULL},
        {"\\[ D_{KL} = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a divergence needs two laws in parentheses"},
        {"\\[ D_{KL}(q(x_1|x_0)) = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "the two laws of a divergence are separated b"},
        {"\\[ D_{KL}(5\\|q(x_1|x_0)) = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a law was expected here: q(...), p(...) or N"},
        {"\\[ \\mathrm{KL}(\\mathcal{N}(1,\\beta_t)\\|\\mathcal{N}(0,1)) = \\frac12(1 + \\beta_t - "
         "1 - \\ln\\beta_t) \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\epsilon_\\theta(x_t, t-1) = \\epsilon_\\theta(x_t, T+1) \\]", DERIVE_STATEMENT,
         DERIVE_WRONG, "the network at a time outside 1 .. T appears"},
        {"\\[ \\epsilon_\\theta(\\beta_t, t) = 0 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "the network needs a state as its argument"},
        {"\\[ \\tilde\\mu_{T+1} = x_0 \\]", DERIVE_STATEMENT, DERIVE_WRONG,
         "the posterior at a time outside 1 .. T appea"},
        {"\\[ \\hat\\mu^{*2} + \\phi^*_t = \\psi^{*}  \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "what is `\\hat\\mu^{*2}`?  Say it: derive: let"},
        {"\\[ \\mathcal{N}(1) = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a normal law has a mean and a variance"},
        {"\\[ \\mathcal{N}(1,2,3,4) = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a normal law has a mean and a variance"},
        {"\\[ \\mathcal{N}(1;2) = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a normal law has a mean and a variance"},
        {"\\[ \\mathbb{E}_{t\\sim U}[t] = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a range of times was expected here"},
        {"\\[ \\mathbb{E}_{t\\sim U\\{1,T}[t] = 1 \\]", DERIVE_EXPRESSION, DERIVE_NOT_UNDERSTOOD,
         "this law is not understood from here on"},
        {"\\[ \\mathbb{E}_{x_0|x_t}[x_0] = 1 \\]", DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
         "an expectation over the data given a state i"},
        {"\\[ \\mathbb{E}[x_0|x_t] = 1 \\]", DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
         "a conditional expectation E[a | b] is not in"},
        {"\\[ \\mathbb{E}(x_1-x_0)^2 = \\mathbb{E}[(x_1-x_0)^2] \\]", DERIVE_STATEMENT, DERIVE_OK,
         NULL},
        {"\\[ \\mathbb{E}_{t}[\\beta_t] = \\frac1T\\sum_t\\beta_t \\]", DERIVE_STATEMENT, DERIVE_OK,
         NULL},
        {"\\[ \\int q(x_1) = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "an integral ends with d and its variable"},
        {"\\[ \\sum_{T} 1 = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "the letter of the sum was expected here"},
        {"\\[ \\sum_{t<3} 1 = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "write the range of the sum as t=a to b"},
        {"\\[ \\sum_{t>1}^T \\beta_t = \\sum_{t=2}^T\\beta_t \\]", DERIVE_STATEMENT, DERIVE_OK,
         NULL},
        {"\\[ \\sum_{d} x_{0,d}^2 = \\|x_0\\|^2 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ x_{0,7} = 1 \\]", DERIVE_STATEMENT, DERIVE_WRONG,
         "a coordinate outside 1 .. D appears"},
        {"\\[ I(x;y) = 0 \\]", DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
         "information I(a; b) is not in the grammar"},
        {"\\[ q(x_\\sigma|x_0) = 1 \\]", DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
         "states x_sigma of score matching are not in "},
        {"\\[ x_\\sigma = x_0 \\]", DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
         "states x_sigma of score matching are not in "},
        {"\\[ s_\\theta(x_t) = 0 \\]", DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
         "the score network s_theta is not in the gram"},
        {"\\[ p_\\infty(x) = \\mathcal{N}(0,I) \\]", DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
         "p_infinity is not in the grammar: write N(x_"},
        {"\\[ \\log \\beta_t/\\alpha_t = \\log\\beta_t - \\log\\alpha_t \\]", DERIVE_STATEMENT,
         DERIVE_OK, NULL},
        {"\\[ x_t^\\top x_0 = x_0^{\\top} x_t \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\|x_t\\|_1 = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "only the Euclidean norm is read"},
        {"\\[ \\underbrace{\\beta_t}_2 + \\overbrace{\\alpha_t}^{a} = 1 \\]", DERIVE_STATEMENT,
         DERIVE_OK, NULL},
        {"\\[ \\beta_t \\cdot -1 = -\\beta_t \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ |{-\\beta_t}| = \\beta_t, \\quad \\sin^2\\beta_t + \\cos^2\\beta_t = 1, \\quad "
         "\\tanh(\\beta_t) = \\frac{\\exp(2\\beta_t)-1}{\\exp(2\\beta_t)+1} \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\beta_t = 5 @ 3 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "not understood from here on"},
        {"\\[ \\beta_t = \\frac{1}{\\text{two}} \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "words inside a formula"},
        {"\\[ x_{\\theta} = 1 \\]", DERIVE_DEFINITION, DERIVE_NOT_CHECKED, NULL},
        {"\\[ \\sum_{t=2}^{\\top} 1 = T - 1, \\quad x_{\\top} = x_T \\]", DERIVE_STATEMENT,
         DERIVE_OK, NULL},
        {"\\[ \\boldsymbol{\\tilde\\mu}_t = \\tilde{\\mu}_t, \\quad {\\bar\\alpha}_t = "
         "\\bar\\alpha_t \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\tilde{3} = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a name was expected here"},
        {"\\[ \\beta_t \\\\[2pt] = 1-\\alpha_t \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\left. \\beta_t \\right. = 1e-3 \\]", DERIVE_STATEMENT, DERIVE_WRONG, NULL},
        {"\\begin{verbatim}\\[ 1 = 2 \\]\\end{verbatim} \\[ 1 = 1 \\]", DERIVE_STATEMENT, DERIVE_OK,
         NULL},
        {"\\[ \\beta_t = 1 - \\alpha_t \\quad \\text{when } \\sigma_t^2 = \\beta_t \\]",
         DERIVE_EXPRESSION, DERIVE_NOT_CHECKED, "a side condition"},
        {"\\[ \\mathbb{E}_q\\|x_1\\|^2 = 3 \\quad \\text{on L1000} \\]", DERIVE_UNDECIDABLE,
         DERIVE_NOT_CHECKED, "a number that belongs to one schedule"},
        {"\\[ \\|\\mu_\\theta-\\tilde\\mu_t\\|^2 = \\|(x_t - x_t + \\tilde\\mu_t) - "
         "(\\mu_\\theta)\\|^2 \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\frac{a}{b} = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "what is `a`?  Say it: derive: let a = ..."},
        {"\\[ \\mathbb{E}_q[\\tanh(x_1)\\sin(x_2)] = \\mathbb{E}_q[\\sin(x_2)\\tanh(x_1)] \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\sqrt[3]{\\beta_t} = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "only square roots are read"},
        {"\\[ \\beta_t = \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "nothing stands after this relation"},
        {"\\[ \\beta_t + = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a quantity is missing here"},
        {"\\[ \\beta_t < \\alpha_t < 1, \\quad x_0 \\ne 1 \\]", DERIVE_UNDECIDABLE,
         DERIVE_NOT_CHECKED, "this relation is not checked"},
        {"\\[ q(x_1,\\dots,x_T|x_0) = \\prod_{t=1}^T q(x_t|x_{t-1}) \\]", DERIVE_STATEMENT,
         DERIVE_OK, NULL},
        {"\\[ q(5) = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a state x_... was expected here"},
        {"\\[ q(x_{t-1}|x_t \\]", DERIVE_EXPRESSION, DERIVE_NOT_UNDERSTOOD,
         "this density is not understood from here on"},
        {"\\[ \\mu_q = \\tilde\\mu_t, \\qquad \\hat\\epsilon = \\epsilon_\\theta(x_t,t), \\qquad "
         "\\hat x_0 = \\hat x_\\theta(x_t,t) \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\log(0-\\beta_t) = 1 \\]", DERIVE_STATEMENT, DERIVE_WRONG,
         "a logarithm of something that is not positiv"},
        {"\\[ f(s) := s^2 \\]", DERIVE_DEFINITION, DERIVE_NOT_CHECKED, NULL},
        {"\\[ \\mathcal{N}(x_1;0,I) = \\mathcal{N}(0,I) \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"% derive: let a = \\frac{1}{2", DERIVE_DEFINITION, DERIVE_NOT_UNDERSTOOD,
         "derive: let NAME = FORMULA"},
        {"\\[ \\sum_{i=1}^{99999}\\sum_{j=1}^{99999} \\beta_t = 1 \\]", DERIVE_STATEMENT,
         DERIVE_UNDECIDED, "too expensive: the budget of operations is used up"},
        {"\\[ \\log\\sin\\beta_t = \\log(\\sin(\\beta_t)) \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_q[\\mathbb{E}_t[\\beta_t] + \\|-x_1\\|^2] = "
         "\\frac1T\\sum_{t=1}^T\\beta_t + \\mathbb{E}_q\\|x_1\\|^2 \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_q[\\log(1+\\|x_1\\|^2)] = \\mathbb{E}_{q(x_1|x_0)}[\\log(\\|x_1\\|^2+1)] "
         "\\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"% derive: let h = x_1\n\\[ \\mathbb{E}_q[\\|h\\|^2] = "
         "\\mathbb{E}_{q(x_1|x_0)}[\\|x_1\\|^2] \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_q[\\log q(x_1,x_T|x_0)] = \\mathbb{E}_q[\\log q(x_1|x_0) + \\log "
         "q(x_T|x_1)] \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\int \\prod_{i=1}^{80} (1+x_1^2) dx_1 = 1 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "an integrand of more than 64 factors"},
        {"\\[ \\int p_\\theta(x_0|x_1)\\frac{q(x_1|x_0)\\beta_2}{1+x_1^2} dx_1 = "
         "\\beta_2\\,\\mathbb{E}_{q(x_1|x_0)}\\left[\\frac{p_\\theta(x_0|x_1)}{1+x_1^2}\\right] "
         "\\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\mathbb{E}_{q(x_2|x_0)}\\left[\\int p_\\theta(x_0|x_1)p_\\theta(x_1|x_2) "
         "dx_1\\right] = 0 \\]",
         DERIVE_STATEMENT, DERIVE_UNDECIDED, "too expensive: an integral inside an expecta"},
        {"\\[ \\mathbb{E}_{q(x_1)}[x_1] = 0 \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "an expectation that does not start from a gi"},
        {"\\[ \\mathbb{E}_{q(x_1|x_0)}|x_1^2 - 1| = \\mathbb{E}_{q(x_1|x_0)}|x_1^2-1| + 0.001 \\]",
         DERIVE_STATEMENT, DERIVE_UNDECIDED, "the difference is larger than rounding and s"},
        {"\\[ \\log(-1) = \\log(-2) \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "a logarithm of something that is not positiv"},
        {"\\[ \\mathrm{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa} + 1 "
         "= 2 \\]",
         DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD, "what is aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
        {"\\[ (1+\\beta_t \\]", DERIVE_EXPRESSION, DERIVE_NOT_UNDERSTOOD,
         "this bracket is never closed"},
        {"\\[ D_1 + 1 = 2 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "what is `D_1`?  Say it: derive: let D_1 = .."},
        {"\\[ \\mathbb{E}_{t\\sim U\\{1,T(\\}}[t] = 1 \\]", DERIVE_EXPRESSION,
         DERIVE_NOT_UNDERSTOOD, "a quantity is missing here"},
        {"\\[ (x_t)^\\top x_0 = (x_0)^{\\top} x_t \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ {x_t + x_0 + x_T + x_1 + x_t + x_0} = 2x_t + 2x_0 + x_T + x_1 \\]", DERIVE_STATEMENT,
         DERIVE_OK, NULL},
        {"\\[ \\beta_t = @ \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a character that is not known here"},
        {"\\[ x' + 1 = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "what is `x'`?  Say it: derive: let x' = ..."},
        {"% derive: skip\n\\[ 5 \\]", DERIVE_UNDECIDABLE, DERIVE_NOT_CHECKED,
         "declared to be outside by the author"},
        {"\\[ \\|2x_t - 3x_t\\|^2 = \\|3x_t - 2x_t\\|^2 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\boxed 1 = 1 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\beta_t + ☺ = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "a character that is not known here"},
        {"\\[ \\beta_1 + .. + \\beta_T = 1 \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "dots: write the sum or the product out"},
        {"\\[ ½ = \\frac12 \\]", DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"\\[ \\beta_t + C = \\alpha_t \\]", DERIVE_STATEMENT, DERIVE_UNDECIDED,
         "+ C says nothing when neither theta nor a st"},
        {"\\[ \\mathbb{E}_q[\\sin(x_1 x_2)] = \\mathbb{E}_q[\\sin(x_2 x_1)] \\]", DERIVE_STATEMENT,
         DERIVE_OK, NULL},
        {"\\[ w_t\\|x_t\\|^2\\|\\epsilon-\\epsilon_\\theta\\|^2 \\propto "
         "\\|\\epsilon-\\epsilon_\\theta\\|^2 \\]",
         DERIVE_STATEMENT, DERIVE_WRONG, NULL},
        {"% derive: propto theta\n\\[ w_t\\|x_t\\|^2\\|\\epsilon-\\epsilon_\\theta\\|^2 \\propto "
         "\\|\\epsilon-\\epsilon_\\theta\\|^2 \\]",
         DERIVE_STATEMENT, DERIVE_OK, NULL},
        {"% derive: propto theta\n\\[ \\|\\epsilon_\\theta\\|^2\\|\\epsilon-\\epsilon_\\theta\\|^2 "
         "\\propto \\|\\epsilon-\\epsilon_\\theta\\|^2 \\]",
         DERIVE_STATEMENT, DERIVE_WRONG, NULL},
        {"% derive: propto theta\n% derive: propto all\n\\[ \\|x_t\\|^2 \\propto 1 \\]",
         DERIVE_STATEMENT, DERIVE_WRONG, NULL},
        {"\\[ C x_0 = x_t \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "C stands for an additive constant only"},
        {"\\[ \\|x_t\\|^2 = \\log C \\]", DERIVE_STATEMENT, DERIVE_NOT_UNDERSTOOD,
         "C stands for an additive constant only"},
        {"\\[ t = T, \\dots, 1 \\]", DERIVE_EXPRESSION, DERIVE_NOT_CHECKED,
         "no relation: nothing is claimed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const derive_options o = derive_defaults();
        derive_result *r = derive_check_text("line.tex", cases[i].text, strlen(cases[i].text), &o);
        assert_non_null(r);
        const derive_line *l = r->lines;
        while (l && l->next) l = l->next;
        if (!l) fail_msg("%s: nothing was read", cases[i].text);
        if (l->verdict != cases[i].verdict || l->class != cases[i].class)
            fail_msg("%s: %s, %s", cases[i].text, derive_class_name(l->class),
                     derive_verdict_name(l->verdict));
        if (cases[i].reason && (!l->reason || !strstr(l->reason, cases[i].reason)))
            fail_msg("%s: %s", cases[i].text, l->reason ? l->reason : "no reason");
        derive_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

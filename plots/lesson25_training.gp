# How long must I train?  Loss against minutes, and what came out at some of them.
eval terminal(0.85, 0.85)
sym = (format eq 'tex')
set logscale y
set xlabel 'minutes of training on two processors'
set ylabel (sym ? '$L_{\mathrm{simple}}/D$' : 'L simple/D')
set xrange [0:*]
set yrange [0.02:0.2]
set ytics ('0.02' 0.02, '0.03' 0.03, '0.05' 0.05, '0.1' 0.1, '0.2' 0.2)
unset key
plot file('lesson25_training') using ($3 / 60):4 with lines lt 1

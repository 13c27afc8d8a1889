# Five pairs: each line joins the network trained with L_simple and that trained with the bound.
eval panels(2, 1.3, 0.8)
sym = (format eq 'tex')
rows = rows_of(2, 1.3)
set multiplot layout rows, 2 / rows
set xrange [0.6:2.4]
set xtics ((sym ? '$L_{\mathrm{simple}}$' : 'L simple') 1, 'bound' 2)
unset key
set grid noxtics
stats file('lesson22_pairs') using 6 nooutput
noise = STATS_max
stats file('lesson22_pairs') using (abs($2) > abs($3) ? $2 : $3) nooutput
set yrange [-1.5 * noise:(STATS_max > 2 * noise ? 1.15 * STATS_max : 2.5 * noise)]
set ylabel 'energy distance of the samples'
set object 1 rectangle from graph 0, first -noise to graph 1, first noise fc rgb '#dddddd' fs solid noborder behind
plot for [i=1:5] file('lesson22_pairs') every ::(i-1)::(i-1) using (1):2:(1):($3-$2) with vectors nohead lt (i == 5 ? 6 : i), \
     for [i=1:5] '' every ::(i-1)::(i-1) using (1):2 with points lt (i == 5 ? 6 : i) ps 1.3, \
     for [i=1:5] '' every ::(i-1)::(i-1) using (2):3 with points lt (i == 5 ? 6 : i) ps 1.3
unset object 1
set yrange [0:*]
set ylabel 'excess of the bound in nats'
plot for [i=1:5] file('lesson22_pairs') every ::(i-1)::(i-1) using (1):4:(1):($5-$4) with vectors nohead lt (i == 5 ? 6 : i), \
     for [i=1:5] '' every ::(i-1)::(i-1) using (1):4 with points lt (i == 5 ? 6 : i) ps 1.3, \
     for [i=1:5] '' every ::(i-1)::(i-1) using (2):5 with points lt (i == 5 ? 6 : i) ps 1.3
unset multiplot

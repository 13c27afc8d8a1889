# Prathosh's flowchart (section 3): two branches with equal coefficients, compared by the loss.
eval terminal(0.7, 0.9)
sym = (format eq 'tex')
unset border
unset tics
unset key
unset grid
set xrange [0:10]
set yrange [0:10.6]
set style fill solid 1.0
m(tex, text) = sym ? tex : text

# Branch frames, boxes, and the loss.
set object 1 rect from 0.1,2.9 to 4.85,10.5 fc rgb '#f2f2f2' fs border lc rgb '#999999' lw 1 behind
set object 2 rect from 5.15,2.9 to 9.9,10.5 fc rgb '#f2f2f2' fs border lc rgb '#999999' lw 1 behind
set object 3 rect from 0.35,8.1 to 2.35,9.5 fc rgb 'white' fs border lc rgb 'black' lw 1.6
set object 4 rect from 2.6,8.1 to 4.6,9.5 fc rgb 'white' fs border lc rgb 'black' lw 1.6
set object 5 rect from 5.4,8.1 to 7.4,9.5 fc rgb 'white' fs border lc rgb 'black' lw 1.6
set object 6 rect from 7.65,8.1 to 9.65,9.5 fc rgb '#56b4e9' fs solid 0.35 border lc rgb 'black' lw 2.6
set object 7 rect from 0.55,5.5 to 4.4,7.0 fc rgb '#fff3d6' fs border lc rgb 'black' lw 1.6
set object 8 rect from 5.6,5.5 to 9.45,7.0 fc rgb '#fff3d6' fs border lc rgb 'black' lw 1.6
set object 9 rect from 1.2,3.2 to 3.75,4.5 fc rgb 'white' fs border lc rgb 'black' lw 1.6
set object 10 rect from 6.25,3.2 to 8.8,4.5 fc rgb 'white' fs border lc rgb 'black' lw 1.6
set object 11 rect from 3.2,0.3 to 6.8,1.8 fc rgb 'white' fs border lc rgb 'black' lw 2.6

set label 1 'target' at 2.47,10.02 center
set label 2 'model' at 7.53,10.02 center
set label 3 m('$x_t$', 'x_t') at 1.35,9.05 center
set label 4 m('$x_0$', 'x_0') at 3.6,9.05 center
set label 5 m('$x_t,\ t$', 'x_t, t') at 6.4,9.05 center
set label 6 m('$\hat x_\theta(x_t,t)$', 'x̂_θ(x_t, t)') at 8.65,9.05 center
set label 13 'noisy data' at 1.35,8.48 center
set label 14 'clean data' at 3.6,8.48 center
set label 15 'noisy data' at 6.4,8.48 center
set label 16 'network' at 8.65,8.48 center
set label 7 m('$w_{x_t}\,x_t+w_{x_0}\,x_0$', 'w_{xt} x_t + w_{x0} x_0') at 2.47,6.25 center
set label 8 m('$w_{x_t}\,x_t+w_{x_0}\,\hat x_\theta$', 'w_{xt} x_t + w_{x0} x̂_θ') at 7.53,6.25 center
set label 9 m('$\tilde\mu_t(x_t,x_0)$', 'μ̃_t(x_t, x_0)') at 2.47,3.85 center
set label 10 m('$\mu_\theta(x_t,t)$', 'μ_θ(x_t, t)') at 7.53,3.85 center
set label 11 m('$\|\mu_\theta-\tilde\mu_t\|^2$', '|μ_θ − μ̃_t|²') at 5,1.33 center
set label 17 m('$=w_{x_0}^2\,\|\hat x_\theta-x_0\|^2$', '= w_{x0}² |x̂_θ − x_0|²') at 5,0.72 center
set label 12 'same weights' at 5,7.37 center

set style arrow 1 head filled size 0.16,20 lw 1.8 lc rgb 'black'
set style arrow 2 head filled size 0.16,20 lw 1.8 dt (6,4) lc rgb 'black'
set style arrow 3 heads filled size 0.16,20 lw 1.6 lc rgb '#d55e00'
set arrow 1 from 1.35,8.1 to 1.9,7.0 as 1
set arrow 2 from 3.6,8.1 to 3.05,7.0 as 1
set arrow 3 from 6.4,8.1 to 6.95,7.0 as 1
set arrow 4 from 8.65,8.1 to 8.1,7.0 as 1
set arrow 5 from 2.47,5.5 to 2.47,4.5 as 1
set arrow 6 from 7.53,5.5 to 7.53,4.5 as 1
set arrow 7 from 2.47,3.2 to 4.0,1.8 as 2
set arrow 8 from 7.53,3.2 to 6.0,1.8 as 2
set arrow 9 from 7.4,8.8 to 7.65,8.8 as 1
set arrow 10 from 4.4,6.25 to 5.6,6.25 as 3
set margins 0.3, 0.3, 0.3, 0.3
plot NaN notitle

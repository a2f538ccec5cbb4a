// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StepProgramTest {
  static Signal lstm(Step s, Signal x, int hidden) {
    Signal h = s.state("h", hidden);
    Signal c = s.state("c", hidden);
    Signal z =
        s.linear("weight_ih", "bias_ih", x, 4 * hidden)
            .plus(s.linear("weight_hh", "bias_hh", h, 4 * hidden));
    Signal i = z.part(0, 4).sigmoid();
    Signal f = z.part(1, 4).sigmoid();
    Signal g = z.part(2, 4).tanh();
    Signal o = z.part(3, 4).sigmoid();
    Signal next = s.next(c, f.times(c).plus(i.times(g)));
    return s.next(h, o.times(next.tanh()));
  }

  @Test
  void equationsCanBeRead() {
    var program =
        StepProgram.of(3, (s, x) -> s.linear("out", "bias", s.layer(0, () -> lstm(s, x, 8)), 2));
    assertEquals(
        """
        t1 = (weight_ih_l0·x + bias_ih_l0) + (weight_hh_l0·layer0.h + bias_hh_l0)
        layer0.c' = layer0.c·σ(t1[8:16]) + σ(t1[0:8])·tanh(t1[16:24])
        layer0.h' = σ(t1[24:32])·tanh(layer0.c')
        y = out·layer0.h' + bias""",
        program.toString());
  }
}

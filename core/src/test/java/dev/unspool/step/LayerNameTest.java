// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LayerNameTest {
  @Test
  void isTakenApartAsItIsBuilt() {
    var state = new LayerName("h", 12);
    assertEquals("layer12.h", state.state());
    assertEquals(state, LayerName.ofState("layer12.h"));
    var parameter = new LayerName("weight_ih", 0);
    assertEquals("weight_ih_l0", parameter.parameter());
    assertEquals(parameter, LayerName.ofParameter("weight_ih_l0"));
    assertEquals(new LayerName("layer1.h", 2), LayerName.ofState("layer2.layer1.h"));
  }

  @Test
  void othersAreOfNoLayer() {
    for (String name : new String[] {"h", "layer.h", "layer1", "a.layer1.h", "layer-1.h"}) {
      assertNull(LayerName.ofState(name), name);
    }
    for (String name : new String[] {"w", "w_l", "_l0", "w_l0.weight", "w_l-1", "w_l٣"}) {
      assertNull(LayerName.ofParameter(name), name);
    }
  }

  @Test
  void isWhatAStepCallsItsArrays() {
    var program =
        StepProgram.of(
            1,
            (s, x) ->
                s.layer(
                    3,
                    () -> {
                      Signal h = s.state("h", 2);
                      return s.next(h, s.linear("w", x, 2).plus(h));
                    }));
    assertEquals(new LayerName("h", 3).state(), program.state().arrays().getFirst().name());
    assertEquals(
        new LayerName("w", 3).parameter(), program.parameters().slices().getFirst().name());
    assertThrows(
        IllegalArgumentException.class,
        () -> StepProgram.of(1, (s, x) -> s.layer(-1, () -> s.linear("w", x, 2))));
  }
}

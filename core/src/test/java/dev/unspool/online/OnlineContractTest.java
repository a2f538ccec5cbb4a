// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Model;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;
import org.junit.jupiter.api.Nested;

/** Built-in networks, and steps of one's own. */
class OnlineContractTest {
  @Nested
  class OfStack extends OnlineContract {
    @Override
    protected Model model() {
      var spec = NetworkSpec.of(Cell.LSTM, 2, 4, 2).withLayers(2).withLearnedInitialState();
      return new Network(spec);
    }
  }

  @Nested
  class OfOwnStep extends OnlineContract {
    @Override
    protected Model model() {
      return StepProgram.of(
          2,
          (s, x) -> {
            Signal h = s.state("h", 6);
            Signal next = s.linear("in", "bias", x, 6).plus(s.linear("again", h, 6)).tanh();
            return s.linear("out", s.next(h, next), 2);
          });
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.model.Model;
import dev.unspool.model.ModelContract;
import dev.unspool.model.TapeContract;
import dev.unspool.model.TapeSnapshotContract;
import dev.unspool.model.TapeSweepContract;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import dev.unspool.step.StepProgram;
import org.junit.jupiter.api.Nested;

/** The contracts of model and tape, on steps as their authors write them. */
class StepContractTest {
  /** A cell of one's own: a leaky unit whose rate is learned and whose input is gated. */
  private static StepProgram cell() {
    return StepProgram.of(
        3,
        (s, x) -> {
          Signal h = s.state("h", 5, s.vector("start", 5));
          Signal rate = s.vector("rate", 5).exp().negated().exp();
          Signal gate = s.linear("gate", "gate_bias", s.join(x, h), 5).sigmoid();
          Signal candidate = s.linear("in", x, 5).plus(s.linear("back", h, 5)).silu();
          Signal next = rate.times(h).plus(gate.times(candidate));
          return s.linear("out", "out_bias", s.next(h, next), 2);
        });
  }

  /** Two layers around which the input of each goes on, with layer normalisation between them. */
  private static StepProgram stack() {
    return StepProgram.of(
        3,
        (s, x) -> {
          Signal below = s.linear("in", x, 4);
          for (int l = 0; l < 2; l++) {
            Signal entering = normalised(s, "norm" + l, below);
            below = below.plus(s.layer(l, () -> new Gru().write(s, entering, 4)));
          }
          Signal head = s.linear("head", "head_bias", below, 6).gelu();
          return s.linear("out", head, 2);
        });
  }

  private static Signal normalised(Step s, String name, Signal x) {
    Signal centred = x.minus(x.mean());
    Signal scale = s.vector(name, x.width()).plus(1);
    return centred.over(centred.square().mean().plus(1e-2).sqrt()).times(scale);
  }

  /** The last inputs side by side, below a layer that recurs. */
  private static StepProgram delayLine() {
    return StepProgram.of(
        2,
        (s, x) -> {
          Signal taps = s.join(x, x.delay(1), x.delay(2));
          return s.linear("out", "bias", new Elman(Signal::tanh).write(s, taps, 6), 2);
        });
  }

  /** Each unit recurs by itself; two of them take turns. */
  private static StepProgram diagonal() {
    return StepProgram.of(
        2,
        (s, x) -> {
          s.learnInitialStates(true);
          Signal h = s.state("h", 6);
          Signal turns = s.state("turns", 6);
          Signal decay = s.vector("decay", 6).plus(1).sigmoid();
          s.next(turns, h);
          Signal sum = h.times(decay).plus(turns.times(0.2)).plus(s.linear("in", x, 6));
          return s.linear("out", s.join(s.next(h, sum), turns.sin()), 2);
        });
  }

  /** Each step costs more than one of a small network. */
  abstract static class ShorterTape extends TapeContract {
    @Override
    protected int manySteps() {
      return 21_000;
    }
  }

  @Nested
  class CellModel extends ModelContract {
    @Override
    protected Model model() {
      return cell();
    }
  }

  @Nested
  class CellTape extends ShorterTape {
    @Override
    protected Model model() {
      return cell();
    }
  }

  @Nested
  class CellSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return cell();
    }
  }

  @Nested
  class CellSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return cell();
    }
  }

  @Nested
  class StackModel extends ModelContract {
    @Override
    protected Model model() {
      return stack();
    }
  }

  @Nested
  class StackTape extends ShorterTape {
    @Override
    protected Model model() {
      return stack();
    }
  }

  @Nested
  class StackSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return stack();
    }
  }

  @Nested
  class StackSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return stack();
    }
  }

  @Nested
  class DelayLineModel extends ModelContract {
    @Override
    protected Model model() {
      return delayLine();
    }
  }

  @Nested
  class DelayLineTape extends ShorterTape {
    @Override
    protected Model model() {
      return delayLine();
    }
  }

  @Nested
  class DelayLineSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return delayLine();
    }
  }

  @Nested
  class DelayLineSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return delayLine();
    }
  }

  @Nested
  class DiagonalModel extends ModelContract {
    @Override
    protected Model model() {
      return diagonal();
    }
  }

  @Nested
  class DiagonalTape extends ShorterTape {
    @Override
    protected Model model() {
      return diagonal();
    }
  }

  @Nested
  class DiagonalSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return diagonal();
    }
  }

  @Nested
  class DiagonalSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return diagonal();
    }
  }
}

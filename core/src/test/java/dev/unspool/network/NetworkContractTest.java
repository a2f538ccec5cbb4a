// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.model.Model;
import dev.unspool.model.ModelContract;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeContract;
import dev.unspool.model.TapeSnapshotContract;
import dev.unspool.model.TapeSweepContract;
import org.junit.jupiter.api.Nested;

/** The contracts of model and tape, on networks of every cell. */
class NetworkContractTest {
  private static Network network(Cell cell) {
    return new Network(NetworkSpec.of(cell, 3, 5, 2).withLayers(2).withLearnedInitialState());
  }

  /** A million steps are for the small network. */
  abstract static class LargeTape extends TapeContract {
    @Override
    protected int manySteps() {
      return 30_000;
    }
  }

  @Nested
  class LstmModel extends ModelContract {
    @Override
    protected Model model() {
      return network(Cell.LSTM);
    }
  }

  @Nested
  class LstmTape extends LargeTape {
    @Override
    protected Model model() {
      return network(Cell.LSTM);
    }
  }

  @Nested
  class GruTape extends LargeTape {
    @Override
    protected Model model() {
      return network(Cell.GRU);
    }
  }

  @Nested
  class RnnTape extends LargeTape {
    @Override
    protected Model model() {
      return network(Cell.RNN_TANH);
    }
  }

  /** The output is h itself, and the initial state zeros. */
  @Nested
  class BareLstmTape extends TapeContract {
    @Override
    protected Model model() {
      return new Network(NetworkSpec.of(Cell.LSTM, 1, 3, 0));
    }
  }

  @Nested
  class EmbeddingModel extends ModelContract {
    @Override
    protected Model model() {
      var input = new Input.Embedding(4, 5);
      return new Network(NetworkSpec.of(Cell.GRU, input, 5, 4).withTiedOutput());
    }

    @Override
    protected Steps inputs(Model model, int steps, int lanes) {
      Steps indices = Steps.allocate(steps, lanes, 1);
      for (int i = 0; i < indices.size(); i++) {
        indices.values()[i] = i % 4;
      }
      return indices;
    }
  }

  @Nested
  class LstmSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return network(Cell.LSTM);
    }
  }

  @Nested
  class LstmSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return network(Cell.LSTM);
    }
  }

  @Nested
  class GruSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return network(Cell.GRU);
    }
  }

  @Nested
  class GruSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return network(Cell.GRU);
    }
  }

  @Nested
  class RnnSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return network(Cell.RNN_TANH);
    }
  }

  @Nested
  class RnnSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return network(Cell.RNN_TANH);
    }
  }

  @Nested
  class BareLstmSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return new Network(NetworkSpec.of(Cell.LSTM, 1, 3, 0));
    }
  }

  @Nested
  class BareLstmSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return new Network(NetworkSpec.of(Cell.LSTM, 1, 3, 0));
    }
  }

  private static Network stack() {
    return new Network(
        NetworkSpec.of(Cell.LSTM, 3, 5, 2)
            .withTaps(0, 1)
            .withLayer(Cell.GRU, 4)
            .withResiduals()
            .withNormalisation()
            .withSkips()
            .withDropout(0.2f)
            .withHead(6)
            .withLearnedInitialState());
  }

  @Nested
  class StackModel extends ModelContract {
    @Override
    protected Model model() {
      return stack();
    }
  }

  /** Without a head: a difference that is taken across the corner of a unit says nothing. */
  @Nested
  class StackSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return new Network(stack().spec().withDropout(0).withHead());
    }
  }

  @Nested
  class StackSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return stack();
    }
  }

  /** Masks are random numbers: they go on where they stopped. */
  @Nested
  class DropoutSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return new Network(NetworkSpec.of(Cell.LSTM, 3, 5, 2).withLayers(3).withDropout(0.5f));
    }
  }

  /**
   * Cells of every kind of state: several widths, blocks, pairs, and what does not begin as zeros.
   */
  private static Network mixed() {
    return new Network(
        NetworkSpec.of(Cell.named("rtu:phase=0.5"), 3, 3, 2)
            .withLayer(Cell.named("slstm:heads=2:norm=none"), 4)
            .withLayer(Cell.named("projected-lstm"), 5)
            .withLayer(Cell.named("peephole-lstm"), 3)
            .withLayer(Cell.named("lru:phase=0.5"), 4));
  }

  @Nested
  class MixedModel extends ModelContract {
    @Override
    protected Network model() {
      return mixed();
    }
  }

  @Nested
  class MixedSweep extends TapeSweepContract {
    @Override
    protected Network model() {
      return mixed();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.engine.LanesAlone;
import dev.unspool.model.Model;
import dev.unspool.model.ModelContract;
import dev.unspool.model.TapeContract;
import dev.unspool.model.TapeSnapshotContract;
import dev.unspool.model.TapeSweepContract;
import dev.unspool.network.Cell;
import dev.unspool.network.NetworkSpec;
import dev.unspool.online.OnlineContract;
import org.bytedeco.pytorch.GRUCellImpl;
import org.bytedeco.pytorch.GRUCellOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Nested;

/** The contracts of model and tape, on step functions and on a module. */
class TorchContractTest {
  private static Model network(Cell cell, ScalarType type) {
    return NetworkAsTorch.of(
        NetworkSpec.of(cell, 3, 5, 2).withLayers(2).withLearnedInitialState(), type);
  }

  /** Ten times slower per step than a built-in cell. */
  abstract static class SlowTape extends TapeContract {
    @Override
    protected int manySteps() {
      return 2_000;
    }
  }

  /** Stopped at every moment in {@link LstmSnapshot}; what is special to these shows at some. */
  abstract static class SlowSnapshot extends TapeSnapshotContract {
    @Override
    protected int stopEvery() {
      return 5;
    }
  }

  @Nested
  class LstmModel extends ModelContract {
    @Override
    protected Model model() {
      return network(Cell.LSTM, ScalarType.Float);
    }
  }

  @Nested
  class LstmTape extends SlowTape {
    @Override
    protected Model model() {
      return network(Cell.LSTM, ScalarType.Float);
    }
  }

  @Nested
  class LstmSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return network(Cell.LSTM, ScalarType.Float);
    }
  }

  @Nested
  class LstmSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return network(Cell.LSTM, ScalarType.Float);
    }
  }

  /** Streams without end. */
  @Nested
  class OnlineLstm extends OnlineContract {
    @Override
    protected Model model() {
      return NetworkAsTorch.of(NetworkSpec.of(Cell.LSTM, 2, 4, 2), ScalarType.Float);
    }
  }

  /** Lanes that may be held, each with a tape of its own. */
  @Nested
  class LaneTape extends SlowTape {
    @Override
    protected Model model() {
      return new LanesAlone(network(Cell.LSTM, ScalarType.Float));
    }
  }

  @Nested
  class LaneSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return new LanesAlone(network(Cell.LSTM, ScalarType.Float));
    }
  }

  @Nested
  class LaneSnapshot extends SlowSnapshot {
    @Override
    protected Model model() {
      return new LanesAlone(network(Cell.LSTM, ScalarType.Float));
    }
  }

  @Nested
  class Float64Sweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return network(Cell.GRU, ScalarType.Double);
    }
  }

  @Nested
  class Float64Snapshot extends SlowSnapshot {
    @Override
    protected Model model() {
      return network(Cell.LSTM, ScalarType.Double);
    }
  }

  @Nested
  class MatrixTape extends SlowTape {
    @Override
    protected Model model() {
      return matrixModel();
    }
  }

  @Nested
  class MatrixSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return matrixModel();
    }
  }

  @Nested
  class ModuleTape extends SlowTape {
    private final TorchModel model = moduleModel();

    @Override
    protected Model model() {
      return model;
    }
  }

  @Nested
  class ModuleSweep extends TapeSweepContract {
    private final TorchModel model = moduleModel();

    @Override
    protected Model model() {
      return model;
    }
  }

  @Nested
  class ModuleSnapshot extends TapeSnapshotContract {
    private final TorchModel model = moduleModel();

    @Override
    protected Model model() {
      return model;
    }
  }

  /** A state that is a matrix per lane, without an output layer. */
  private static TorchModel matrixModel() {
    return TorchModel.builder()
        .inputs(3)
        .outputs(2, 3)
        .parameter("w", 3, 3)
        .parameter("b", 2)
        .state("m", 2, 3)
        .step(
            (p, x, s) -> {
              Tensor column = p.get("b").reshape(1, 2, 1);
              Tensor m = s.get("m").matmul(p.get("w")).add(x.unsqueeze(1)).add(column).tanh();
              return StepOutput.of(m, m);
            })
        .build();
  }

  /** A GRU cell of libtorch, with an output layer of our own on top. */
  static TorchModel moduleModel() {
    LibTorch.load();
    org.bytedeco.pytorch.global.torch.manual_seed(3);
    var cell = new GRUCellImpl(new GRUCellOptions(3, 4));
    return TorchModel.builder()
        .inputs(3)
        .outputs(2)
        .module(cell)
        .parameter("v", 2, 4)
        .state("h", 4)
        .step(
            (p, x, s) -> {
              Tensor h = cell.forward(x, s.get("h"));
              return StepOutput.of(h.matmul(p.get("v").t()), h);
            })
        .build();
  }
}

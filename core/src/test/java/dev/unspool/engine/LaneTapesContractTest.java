// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.Model;
import dev.unspool.model.TapeContract;
import dev.unspool.model.TapeSnapshotContract;
import dev.unspool.model.TapeSweepContract;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import org.junit.jupiter.api.Nested;

/** Lanes that may be held and are not: a tape as any other. */
class LaneTapesContractTest {
  private static Model model() {
    var spec = NetworkSpec.of(Cell.LSTM, 3, 5, 2).withLayers(2).withLearnedInitialState();
    return new LanesAlone(new Network(spec));
  }

  @Nested
  class OnTape extends TapeContract {
    @Override
    protected Model model() {
      return LaneTapesContractTest.model();
    }

    @Override
    protected int manySteps() {
      return 50_000;
    }
  }

  @Nested
  class OnSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return LaneTapesContractTest.model();
    }
  }

  @Nested
  class OnSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return LaneTapesContractTest.model();
    }
  }
}

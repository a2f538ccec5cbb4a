// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import dev.unspool.engine.TapeEngine;
import dev.unspool.model.Parameters;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.util.List;

/** A case of truncated backpropagation through time. */
public interface TruncatedCase extends EngineAgainstReference.Case {
  /** k1, k2 and the loss window. */
  Truncation truncation();

  @Override
  default int depth() {
    return truncation().k2();
  }

  @Override
  default List<String> exact(TapeEngine engine) {
    return Close.names(model().parameters());
  }

  @Override
  default TapeEngine open(Parameters theta) {
    var builder =
        Tbptt.builder(model(), theta)
            .truncation(truncation())
            .loss(new SquaredError())
            .lanes(lanes())
            .weightPolicy(policy())
            .seed(seed());
    if (holds()) {
      builder.holds();
    }
    // A tape that need not yield them may compute less.
    return (seed() % 4 != 0 ? builder.sensitivities() : builder).build();
  }
}

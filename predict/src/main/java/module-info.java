// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** What a trained model does with the rows of a table: for services, on Java 17. */
@NullMarked
module dev.unspool.predict {
  requires static org.jspecify;

  exports dev.unspool.predict;

  uses dev.unspool.predict.StepEngine;
}

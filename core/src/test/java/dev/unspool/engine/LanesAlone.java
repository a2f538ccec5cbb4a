// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import java.util.random.RandomGenerator;

/**
 * A model whose lanes may be held, for contracts of tapes: as long as none is, nobody sees that.
 *
 * @param of what each lane runs
 */
public record LanesAlone(Model of) implements Model {
  @Override
  public ParameterLayout parameters() {
    return of.parameters();
  }

  @Override
  public StateLayout state() {
    return of.state();
  }

  @Override
  public int inputs() {
    return of.inputs();
  }

  @Override
  public int outputs() {
    return of.outputs();
  }

  @Override
  public void initialise(Parameters theta, RandomGenerator random) {
    of.initialise(theta, random);
  }

  @Override
  public Tape open(Parameters theta, TapeOptions options) {
    return LaneTapes.open(of, options, of.opener(theta));
  }
}

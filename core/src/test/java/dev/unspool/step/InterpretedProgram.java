// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.program.CompiledProgram;
import dev.unspool.program.InterpretedLoop;
import dev.unspool.program.Program;
import java.util.random.RandomGenerator;

/**
 * A program whose loops are interpreted and not compiled.
 *
 * @param program the same, compiled
 */
public record InterpretedProgram(StepProgram program) implements Model {
  @Override
  public ParameterLayout parameters() {
    return program.parameters();
  }

  @Override
  public StateLayout state() {
    return program.state();
  }

  @Override
  public int inputs() {
    return program.inputs();
  }

  @Override
  public int outputs() {
    return program.outputs();
  }

  @Override
  public void initialise(Parameters theta, RandomGenerator random) {
    program.initialise(theta, random);
  }

  @Override
  public Tape open(Parameters theta, TapeOptions options) {
    return new CompiledProgram(Program.of(program.recording()), state(), InterpretedLoop::new)
        .open(theta, options);
  }
}

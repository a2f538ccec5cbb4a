// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.unspool.model.Steps;
import dev.unspool.program.Program;
import dev.unspool.step.ExportContract;
import dev.unspool.step.StackedState;
import dev.unspool.step.StepProgram;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A file of ours in ONNX Runtime. */
final class OnnxSession implements ExportContract.Exported {
  private static final String INITIAL = "_initial";

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final StepProgram model;
  private final List<StackedState> groups;
  private final OrtSession session;

  OnnxSession(StepProgram model, Path file) throws OrtException {
    this.model = model;
    this.groups = StackedState.of(model.state());
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      session = environment.createSession(file.toString(), options);
    }
  }

  @Override
  public Map<String, float[]> run(Steps x, boolean indices, Map<String, float[]> states) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      inputs.put(
          "x", indices ? indices(x) : tensor(x.values(), x.steps(), x.lanes(), x.features()));
      for (StackedState group : groups) {
        float[] values = Objects.requireNonNull(states.get(group.name()));
        inputs.put(
            group.name(),
            group.stacked()
                ? tensor(values, group.arrays().size(), x.lanes(), group.width())
                : tensor(values, x.lanes(), group.width()));
      }
      Map<String, float[]> found = new HashMap<>();
      try (var result = session.run(inputs)) {
        for (var value : result) {
          found.put(value.getKey(), ((OnnxTensor) value.getValue()).getFloatBuffer().array());
        }
      }
      return found;
    } catch (OrtException e) {
      throw new AssertionError(e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(float[] values, long... shape) throws OrtException {
    return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
  }

  private OnnxTensor indices(Steps x) throws OrtException {
    var whole = new long[x.size()];
    Arrays.setAll(whole, i -> (long) x.values()[i]);
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(whole), new long[] {x.steps(), x.lanes()});
  }

  @Override
  public Map<String, float[]> initial() {
    Map<String, float[]> zeros = new HashMap<>();
    groups.forEach(g -> zeros.put(g.name(), new float[g.arrays().size() * g.width()]));
    boolean indices = Program.of(model.recording()).classes() > 0;
    Map<String, float[]> found = new HashMap<>();
    run(Steps.allocate(1, 1, model.inputs()), indices, zeros)
        .forEach(
            (name, value) -> {
              if (name.endsWith(INITIAL)) {
                found.put(name.substring(0, name.length() - INITIAL.length()), value);
              }
            });
    return found;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }
}

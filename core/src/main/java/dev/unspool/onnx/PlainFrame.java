// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.onnx.Graph.Extent;
import dev.unspool.program.Program;
import dev.unspool.step.StackedState;
import java.util.List;
import java.util.Map;

/** Nothing around a program: {@code x} goes in and {@code y} comes out as they are. */
record PlainFrame() implements OnnxExport.Frame {
  @Override
  public List<String> names() {
    return List.of("x", "y");
  }

  @Override
  public Value input(Program program, Graph graph, GraphWriter writer, OnnxLanguage language) {
    int width = program.input().width();
    if (program.classes() > 0) {
      graph.input("x", Graph.Type.INT64, OnnxExport.STEPS, OnnxExport.LANES);
    } else {
      graph.input("x", Graph.Type.FLOAT, OnnxExport.STEPS, OnnxExport.LANES, Extent.of(width));
    }
    return language.input(width, program.classes());
  }

  @Override
  public void output(Value said, Graph graph, GraphWriter writer) {
    graph.operator("Identity", List.of(said.name()), List.of("y"));
    graph.output(
        "y", Graph.Type.FLOAT, OnnxExport.STEPS, OnnxExport.LANES, Extent.of(said.width()));
  }

  @Override
  public Map<String, String> metadata(List<StackedState> states) {
    return Map.of();
  }
}

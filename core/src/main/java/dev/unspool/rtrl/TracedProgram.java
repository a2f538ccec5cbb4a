// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.model.StateLayout;
import dev.unspool.program.CompiledProgram;
import dev.unspool.program.Node;
import dev.unspool.program.compile.LoopCompiler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all tapes of an engine have in common: which derivatives they carry, and a program whose
 * tapes keep what these read.
 *
 * @param plan which derivatives are carried
 * @param state what the model carries
 * @param watched all that traces read off a tape
 * @param compiled the program
 */
record TracedProgram(
    TracePlan plan, StateLayout state, List<Node> watched, CompiledProgram compiled) {

  static TracedProgram of(TracePlan plan, StateLayout state) {
    List<Node> watched = watched(plan);
    var compiled = new CompiledProgram(plan.program(), state, LoopCompiler::compile, watched);
    return new TracedProgram(plan, state, watched, compiled);
  }

  private static List<Node> watched(TracePlan plan) {
    Set<@Nullable Node> nodes = new LinkedHashSet<>();
    for (TracePlan.Trace trace : plan.traces()) {
      nodes.add(trace.x());
      nodes.addAll(Arrays.asList(trace.gain()));
      nodes.addAll(Arrays.asList(trace.initial()));
      for (@Nullable Node[] row : trace.decay()) {
        nodes.addAll(Arrays.asList(row));
      }
    }
    var watched = new ArrayList<Node>();
    for (Node node : nodes) {
      if (node != null && !node.isConstant()) {
        watched.add(node);
      }
    }
    return watched;
  }
}

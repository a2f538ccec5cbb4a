// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Parameters;
import dev.unspool.program.Export;
import dev.unspool.program.Program;
import dev.unspool.step.StackedState;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A model as the source of a TorchScript module, and the arrays that the source names. */
final class Script {
  private final Program program;
  private final List<StackedState> states;
  private final ScriptSource source = new ScriptSource();
  private final ScriptLanguage language;
  private final String text;

  Script(StepProgram model, Parameters theta) {
    this.program = Program.of(model.recording());
    this.states = StackedState.of(model.state());
    this.language = new ScriptLanguage(source, theta);
    var export = new Export<>(program, theta, language);
    this.text = forward(export) + initial(export);
  }

  String source() {
    return text;
  }

  /** Arrays by the names that they have in the module. */
  Map<String, ScriptSource.Constant> constants() {
    return source.constants();
  }

  private String forward(Export<ScriptValue> export) {
    String x = source.local("x");
    var names = states.stream().map(state -> source.local(state.name())).toList();
    Map<String, ScriptValue> entering = new HashMap<>();
    for (int i = 0; i < states.size(); i++) {
      StackedState state = states.get(i);
      for (int layer = 0; layer < state.arrays().size(); layer++) {
        String value =
            state.stacked() ? source.assign("%s[%s]".formatted(names.get(i), layer)) : names.get(i);
        entering.put(state.arrays().get(layer), language.rows(value, state.width()));
      }
    }
    var said =
        export.write(
            language.input(x, program.input().width(), program.classes()),
            program.states().stream().map(array -> entering.get(array.name())).toList());
    Map<String, String> leaving = new HashMap<>();
    for (int i = 0; i < program.states().size(); i++) {
      leaving.put(program.states().get(i).name(), said.states().get(i).code());
    }
    var results = new ArrayList<>(List.of(said.output().code()));
    for (StackedState state : states) {
      var arrays = state.arrays().stream().map(leaving::get).toList();
      results.add(
          state.stacked()
              ? "torch.stack([%s])".formatted(String.join(", ", arrays))
              : arrays.getFirst());
    }
    var arguments = new ArrayList<>(List.of("self", x));
    arguments.addAll(names);
    return """
    def forward(%s):
    %s    return %s
    """
        .formatted(String.join(", ", arguments), source.lines(), String.join(", ", results));
  }

  /** Empty where all of the state begins as zeros. */
  private String initial(Export<?> export) {
    if (program.states().stream().allMatch(state -> state.initial() == null)) {
      return "";
    }
    var results = new ArrayList<String>();
    for (StackedState state : states) {
      int layers = state.arrays().size();
      float[] values = export.initial(state.arrays());
      if (values == null) {
        values = new float[layers * state.width()];
      }
      String layered = state.stacked() ? layers + ", " : "";
      String name = language.constant("initial_" + state.name(), values).code();
      results.add(
          "%s.reshape(%s1, %s).expand(%slanes, %s).contiguous()"
              .formatted(name, layered, state.width(), layered, state.width()));
    }
    return """
    def initial(self, lanes: int):
        return %s
    """
        .formatted(String.join(", ", results));
  }
}

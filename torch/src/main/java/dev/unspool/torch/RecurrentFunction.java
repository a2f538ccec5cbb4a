// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.cell.CellParameter;
import dev.unspool.cell.Elman;
import dev.unspool.cell.Gru;
import dev.unspool.cell.Lstm;
import dev.unspool.model.Recording;
import dev.unspool.program.Language;
import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.Pattern;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * libtorch's recurrent functions, and which cells they are: faster than a loop in TorchScript.
 *
 * @param name of the function
 * @param cell whose equations it computes
 */
record RecurrentFunction(String name, RecurrentCell cell) {
  private static final List<RecurrentFunction> ALL =
      List.of(
          new RecurrentFunction("lstm", new Lstm()),
          new RecurrentFunction("gru", new Gru()),
          new RecurrentFunction("rnn_tanh", new Elman(Signal::tanh)),
          new RecurrentFunction("rnn_relu", new Elman(Signal::relu)));

  /** All of them, writing in a language. */
  static List<Language.Recurrence<ScriptValue>> in(ScriptSource source, ScriptLanguage language) {
    return ALL.stream()
        .<Language.Recurrence<ScriptValue>>map(f -> new Use(f, source, language))
        .toList();
  }

  private record Use(RecurrentFunction function, ScriptSource source, ScriptLanguage language)
      implements Language.Recurrence<ScriptValue> {
    @Override
    public Recording equations(int width) {
      return StepProgram.of(1, (s, x) -> function.cell.write(s, x, width)).recording();
    }

    @Override
    public List<ScriptValue> write(
        Pattern.Match match,
        ScriptValue x,
        List<ScriptValue> carried,
        Function<Node, float[]> numbers) {
      var states = carried.stream().map(state -> state.code() + ".unsqueeze(0)").toList();
      String all = String.join(", ", states);
      var weights = new ArrayList<String>();
      for (CellParameter parameter : CellParameter.values()) {
        String name = parameter.label();
        weights.add(
            match.matrices().containsKey(name)
                ? language.matrix(match.matrix(name))
                : vector(name, match.vector(name), numbers));
      }
      String result =
          source.assign(
              "torch.%s(%s, %s, [%s], True, 1, 0.0, False, False, False)"
                  .formatted(
                      function.name,
                      x.code(),
                      states.size() == 1 ? all : "[" + all + "]",
                      String.join(", ", weights)));
      int hidden = match.states().getFirst().width();
      var left = new ArrayList<ScriptValue>();
      for (int i = 0; i <= states.size(); i++) {
        boolean rows = i == states.size();
        String part = rows ? result + "[0]" : "%s[%s].squeeze(0)".formatted(result, i + 1);
        left.add(language.rows(source.assign(part), hidden));
      }
      return left;
    }

    private String vector(String role, Node bias, Function<Node, float[]> numbers) {
      String name = bias.op() instanceof Leaf leaf ? leaf.name() : role;
      return language.constant(name, numbers.apply(bias)).code();
    }
  }
}

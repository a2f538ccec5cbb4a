// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

final class HelpTest {

  static Stream<String> commands() {
    return Main.commandLine().getSubcommands().keySet().stream();
  }

  private static List<OptionSpec> options(String name) {
    CommandLine command = Objects.requireNonNull(Main.commandLine().getSubcommands().get(name));
    return command.getCommandSpec().options();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theHelpOfEachCommandNamesEachOptionAndGivesExamples(String command) {
    String help = CommandRun.succeeds(command, "--help").out();
    for (OptionSpec option : options(command)) {
      String name =
          option.negatable() ? option.longestName().replace("--", "--[no-]") : option.longestName();
      assertTrue(help.contains(name), () -> name + " in " + help);
      assertTrue(option.description().length > 0, option.longestName());
    }
    assertTrue(help.contains("Examples:"), help);
    assertFalse(help.contains("${"), help);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachOptionWithAValueSaysItsDefaultOrIsLeftAsItWas(String name) {
    for (OptionSpec option : options(name)) {
      boolean optional =
          name.equals("resume")
              || option.longestName().matches("--(csv|text|target|future|plot|model|onnx)")
              || (name.equals("fit") && option.longestName().equals("--input"));
      if (option.arity().max() > 0 && !optional) {
        String description = String.join(" ", option.description());
        assertTrue(description.contains("Default: "), () -> name + " " + option.longestName());
      }
    }
  }

  @Test
  void withoutTerminalThereAreNoColours() {
    assertFalse(CommandRun.succeeds("--help").out().contains("\u001b"));
    assertFalse(CommandRun.succeeds("train", "--help").out().contains("\u001b"));
    assertFalse(CommandRun.of("nonsense").err().contains("\u001b"));
  }

  @Test
  void theVersionIsOneLine() {
    assertEquals(1, CommandRun.succeeds("--version").out().lines().count());
  }

  @Test
  void theCompletionKnowsCommandsAndOptions() {
    String script = CommandRun.succeeds("completion").out();
    for (String name : commands().toList()) {
      assertTrue(script.contains(name), name);
    }
    for (String word :
        new String[] {"--learned-initial-state", "--k2", "rnn-tanh", "series-parallel"}) {
      assertTrue(script.contains(word), word);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import java.util.HashSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ParseResult.GroupMatch;
import picocli.CommandLine.ParseResult.GroupMatchContainer;

/**
 * Refuses options that are given twice. Of an option in a group, picocli would take the second as
 * the beginning of another group, in which every option before it has its default again.
 */
final class Repeats {
  private Repeats() {}

  /** Runs what was parsed if nothing is given twice. */
  static int run(ParseResult whole) {
    requireOnce(whole);
    return new CommandLine.RunLast().execute(whole);
  }

  /** Refuses an option that is given twice. */
  static void requireOnce(ParseResult whole) {
    for (ParseResult parsed = whole; parsed != null; parsed = next(parsed)) {
      for (ArgGroupSpec group : parsed.commandSpec().argGroups()) {
        requireOnce(parsed, group);
      }
    }
  }

  private static @Nullable ParseResult next(ParseResult parsed) {
    return parsed.hasSubcommand() ? parsed.subcommand() : null;
  }

  private static void requireOnce(ParseResult parsed, ArgGroupSpec group) {
    var seen = new HashSet<OptionSpec>();
    for (GroupMatchContainer container : parsed.findMatches(group)) {
      for (GroupMatch match : container.matches()) {
        for (OptionSpec option : group.options()) {
          if (!match.matchedValues(option).isEmpty() && !seen.add(option)) {
            throw new ParameterException(
                parsed.commandSpec().commandLine(), option.longestName() + " is given twice");
          }
        }
      }
    }
  }
}

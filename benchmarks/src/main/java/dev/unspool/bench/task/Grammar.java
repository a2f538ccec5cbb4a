// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import dev.unspool.model.SplitMix64;
import java.util.List;

/**
 * Endless sentences of a small language, after Elman, "Distributed representations, simple
 * recurrent networks, and grammatical structure" (1991): a verb agrees with its noun, also where
 * clauses within clauses stand between them.
 *
 * <pre>{@code
 * sentence = noun phrase, predicate, "."
 * noun phrase = article, [adjective], noun, ["that", clause]
 * clause = predicate, or noun phrase and transitive verb
 * predicate = intransitive verb, [adverb], or transitive verb and noun phrase
 * }</pre>
 *
 * <p>A text has one derivation only. So the bits that its choices take, over its characters, are
 * what somebody who knows the language could at best predict it with.
 */
final class Grammar {
  private static final int DEEPEST = 2;
  private static final double ADJECTIVE = 0.3;
  private static final double ADVERB = 0.3;
  private static final double CLAUSE = 0.25;
  private static final double HALF = 0.5;

  private static final List<String> ADJECTIVES =
      List.of("old", "small", "brown", "clever", "quiet", "hungry", "tall", "strange");
  private static final List<String> NOUNS =
      List.of(
          "dog", "cat", "farmer", "teacher", "sailor", "girl", "boy", "bird", "doctor", "painter");
  private static final List<String> TRANSITIVE =
      List.of("see", "follow", "help", "know", "hear", "greet", "draw", "find");
  private static final List<String> INTRANSITIVE =
      List.of("sleep", "walk", "sing", "wait", "laugh", "swim");
  private static final List<String> ADVERBS =
      List.of("slowly", "often", "today", "alone", "loudly", "again");

  private final SplitMix64 random;
  private final StringBuilder text = new StringBuilder();
  private double bits;

  /** Nothing said yet; the same seed says the same. */
  Grammar(long seed) {
    this.random = new SplitMix64(seed);
  }

  /** Goes on to the end of the sentence in which the text gets so long. */
  Grammar upTo(int characters) {
    while (text.length() < characters) {
      boolean plural = happens(HALF);
      nounPhrase(plural, 0);
      predicate(plural, 0);
      text.setCharAt(text.length() - 1, '.');
      text.append('\n');
    }
    return this;
  }

  /** What was said, in ASCII. */
  String text() {
    return text.toString();
  }

  /** What each of its characters takes at least, on average. */
  double bitsPerCharacter() {
    return bits / text.length();
  }

  private void nounPhrase(boolean plural, int depth) {
    word(happens(HALF) ? "the" : plural ? "some" : "one");
    if (happens(ADJECTIVE)) {
      word(one(ADJECTIVES));
    }
    word(one(NOUNS) + (plural ? "s" : ""));
    if (depth < DEEPEST && happens(CLAUSE)) {
      word("that");
      clause(plural, depth + 1);
    }
  }

  private void clause(boolean plural, int depth) {
    if (happens(HALF)) {
      predicate(plural, depth);
    } else {
      boolean others = happens(HALF);
      nounPhrase(others, depth);
      verb(TRANSITIVE, others);
    }
  }

  private void predicate(boolean plural, int depth) {
    if (happens(HALF)) {
      verb(INTRANSITIVE, plural);
      if (happens(ADVERB)) {
        word(one(ADVERBS));
      }
    } else {
      verb(TRANSITIVE, plural);
      nounPhrase(happens(HALF), depth + 1);
    }
  }

  private void verb(List<String> verbs, boolean plural) {
    word(one(verbs) + (plural ? "" : "s"));
  }

  private void word(String word) {
    text.append(word).append(' ');
  }

  private boolean happens(double probability) {
    boolean yes = random.nextDouble() < probability;
    bits -= Math.log(yes ? probability : 1 - probability) / Math.log(2);
    return yes;
  }

  private String one(List<String> words) {
    bits += Math.log(words.size()) / Math.log(2);
    return words.get(random.nextInt(words.size()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

/**
 * As many incidents in a row as were allowed: nothing will become better by itself. The learner is
 * whole, between two records: it can be stored, and asked again, until there are as many anew. What
 * the call that ended in this has found is in {@link OnlineLearner#prediction} or {@link
 * OnlineLearner#lesson}.
 */
public final class IncidentsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Incident incident;
  private final int inARow;

  IncidentsException(Incident incident, int inARow) {
    super(
        switch (incident) {
          case INPUT ->
              "%s records in a row have inputs that are not finite; look at what sends them"
                  .formatted(inARow);
          case OUTPUT, STATE ->
              ("%s records in a row let the model put out, or become, what is not finite or too"
                      + " large; go back to an earlier snapshot with a lower learning rate")
                  .formatted(inARow);
          case TRUTH -> "%s truths in a row are infinite".formatted(inARow);
          case LOSS, GRADIENT, SPIKE ->
              ("%s sweeps in a row gave a loss or a gradient that is not finite or too large; go"
                      + " back to an earlier snapshot with a lower learning rate")
                  .formatted(inARow);
        });
    this.incident = incident;
    this.inARow = inARow;
  }

  /** The last of them. */
  public Incident incident() {
    return incident;
  }

  /** How many there were in a row. */
  public int inARow() {
    return inARow;
  }
}

// Stands for d3-transition, of which d3-zoom only needs to stop what the page never starts.
import { selection } from "d3-selection";

export function interrupt() {}

selection.prototype.interrupt = function () {
  return this;
};

#include "job_printer.hpp"

#include <iostream>

batch::job_listener_actor::behavior_type
job_printer(batch::job_listener_actor::pointer self) {
  return {[self](batch::atom::event_atom, const batch::job_event& event) {
    const auto& job = event.job;
    std::cout << job.type << ": " << to_string(job.state) << ", " << job.done()
              << " of " << job.total << " done\n";
    for (const auto& x : job.errors)
      std::cout << "  item " << x.index << " failed (" << to_string(x.code)
                << "): " << x.message << '\n';
    if (event.last)
      self->quit();
  }};
}

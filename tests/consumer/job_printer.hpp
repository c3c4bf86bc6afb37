// An actor that prints how far a job is.
#pragma once

#include <batch/interface.hpp>

/// Quits when the job has ended.
batch::job_listener_actor::behavior_type
job_printer(batch::job_listener_actor::pointer self);

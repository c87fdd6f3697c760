# Fails when a generated document is not what its generator writes now.
execute_process(COMMAND ${TOOL} ${DESCRIPTORS} OUTPUT_VARIABLE wanted RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${TOOL} failed")
endif()
file(READ ${DOCUMENT} there)
if(NOT wanted STREQUAL there)
  message(FATAL_ERROR "${DOCUMENT} is out of date: run ${TOOL} ${DESCRIPTORS} > ${DOCUMENT}")
endif()

"""Reads an OCEL and an XES file with PM4Py, as an analyst would, and prints what it found as JSON.

A program of its own: PM4Py is under the AGPL-3.0 and is a tool of the tests, not a part of medsos.
"""

import json
import sys

import pm4py

ocel = pm4py.read_ocel2_json(sys.argv[1])
frame = pm4py.read_xes(sys.argv[2])
completed = frame[frame["lifecycle:transition"] == "complete"]
graph, first, last = pm4py.discover_dfg(completed)
cycles = pm4py.ocel_flattening(pm4py.filter_ocel_event_attribute(ocel, "lifecycle", ["complete"]), "Siklus")
of_cycles, first_of_cycles, _ = pm4py.discover_dfg(cycles)

found = {
    "ocel": {
        "events": len(ocel.events),
        "objects": len(ocel.objects),
        "relations": len(ocel.relations),
        "object_types": sorted(pm4py.ocel_get_object_types(ocel)),
        "changes": ocel.object_changes[["ocel:oid", "ocel:field"]].values.tolist(),
        "qualifiers": sorted(set(ocel.relations["ocel:qualifier"])),
        "object_relations": sorted(set(ocel.o2o["ocel:qualifier"])),
        "rounds": sorted({int(number) for number in ocel.events["round"].dropna()}),
        "first": first_of_cycles,
        "edges": len(of_cycles),
    },
    "xes": {
        "cases": frame["case:concept:name"].nunique(),
        "events": len(frame),
        "titles": sorted(set(frame["case:title"])),
        "time_zone": str(frame["time:timestamp"].dt.tz),
        "first": first,
        "last": last,
        "edges": sorted([a, b, number] for (a, b), number in graph.items()),
    },
}
sys.stdout.write(json.dumps(found) + "\n")

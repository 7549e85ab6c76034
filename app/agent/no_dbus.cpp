// SPDX-License-Identifier: Apache-2.0
// The static libpcap of Debian can capture D-Bus messages and therefore wants libdbus and, with it,
// systemd. The agent captures network interfaces only: these stand in for libpcap's two entry
// points of that device and say that it is not theirs. Signatures: libpcap's pcap-dbus.h.

extern "C" {

struct pcap;
struct pcap_if_list;

pcap* dbus_create(const char* /*device*/, char* /*errors*/, int* isOurs)
{
    *isOurs = 0;
    return nullptr;
}

int dbus_findalldevs(pcap_if_list* /*devices*/, char* /*errors*/)
{
    return 0;
}

} // extern "C"

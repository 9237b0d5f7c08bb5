using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Tests.Admin.Documents;

/// <summary>Sample responses of <c>/status</c>.</summary>
internal static class Statuses
{
    public const string Sidecar =
        """
        {"node":"host-a","role":"sidecar","version":"0.1.0","cluster":"default","identity":"plaintext","uptimeSeconds":12.5,"tier":"sidecar",
         "pids":{"guard":11,"worker":12},"listeners":[{"name":"outbound/web","address":"127.0.0.1:15001"},{"name":"inbound/web","address":"0.0.0.0:20001"}],
         "lease":{"state":"leased","leases":1,"restarts":0,"kills":0},
         "guard":{"carried":{"open":1,"total":5,"failed":0,"refused":2},
                  "gateways":[{"node":"gateway-1","address":"127.0.0.1:15302","state":"answers","lastExercise":{"ok":true,"ageSeconds":3}}]},
         "worker":{"revision":"abc","connections":3,"inflight":1,"requests":100,"rate":60.5},
         "registry":{"kind":"file","synced":true,"revision":"abc","errors":[]},
         "nodes":[{"node":"host-a","role":"sidecar","version":"0.1.0","revision":"abc","tier":"sidecar","admin":"127.0.0.1:15000","pids":{"guard":11,"worker":12},"alive":true,"ageSeconds":0.5,"requestRate":60},
                  {"node":"gateway-1","role":"gateway","version":"0.1.0","revision":"old","synced":false,"tier":"gateway","admin":"127.0.0.1:15300","pids":{"process":31},"alive":true,"ageSeconds":1},
                  {"node":"host-b","role":"sidecar","version":"0.1.0","revision":"abc","tier":"gateway","admin":"127.0.0.1:15100","pids":{},"alive":false,"ageSeconds":9}]}
        """;

    public static NodeStatus Read(string json = Sidecar) => DocumentReader.Read(json, ShownJson.Context.NodeStatus)!;
}

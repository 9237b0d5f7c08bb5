using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Outliers;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>Balancing and ejection of real requests.</summary>
public sealed class OnTheWireTests
{
    [TestCase("header", "x-user", "GET / HTTP/1.1\r\nHost: payments\r\nX-User: KEY\r\n\r\n")]
    [TestCase("cookie", "session", "GET / HTTP/1.1\r\nHost: payments\r\nCookie: a=1; session=KEY; b=2\r\n\r\n")]
    [TestCase("query", "id", "GET /?x=1&id=KEY&y HTTP/1.1\r\nHost: payments\r\n\r\n")]
    [TestCase("source", "", "GET / HTTP/1.1\r\nHost: payments\r\nX-Forwarded-For: KEY, 10.0.0.1\r\n\r\n")]
    public async Task The_hashed_value_selects_the_instance(string from, string name, string request)
    {
        using var fleet = new Backends(5);
        var key = new HashKey(Enum.Parse<HashSource>(from, ignoreCase: true), name, Terminal: false);
        await using var mesh = await MeshOf(fleet, new() { Policy = BalancingPolicy.RingHash, Hash = [key] });
        using var client = await RawConnection.To(mesh.Outbound());
        var owners = new Dictionary<string, HashSet<string>>();
        for (var i = 0; i < 120; i++)
        {
            var user = $"user-{i % 12}";
            (owners.TryGetValue(user, out var seen) ? seen : owners[user] = []).Add(
                (await client.Ask(request.Replace("KEY", user, StringComparison.Ordinal))).Body);
        }

        Assert.That(owners.Values.Select(seen => seen.Count), Is.All.EqualTo(1), "a key goes to one");
        Assert.That(owners.Values.SelectMany(seen => seen).Distinct().Count(), Is.GreaterThan(1), "and not all keys to the same");
    }

    [Test]
    public async Task A_terminal_hash_key_ends_the_list_if_the_request_has_it()
    {
        using var fleet = new Backends(5);
        HashKey[] keys = [new(HashSource.Header, "x-user", Terminal: true), new(HashSource.Header, "x-other", Terminal: false)];
        await using var mesh = await MeshOf(fleet, new() { Policy = BalancingPolicy.Maglev, Hash = [.. keys] });
        using var client = await RawConnection.To(mesh.Outbound());
        async Task<int> Owners(string field)
        {
            var seen = new HashSet<string>();
            for (var i = 0; i < 40; i++)
            {
                seen.Add((await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{field}X-Other: {i}\r\n\r\n")).Body);
            }

            return seen.Count;
        }

        Assert.That(await Owners("X-User: u\r\n"), Is.EqualTo(1));
        Assert.That(await Owners(""), Is.GreaterThan(1));
    }

    [TestCase("500 Internal Server Error")]
    [TestCase("503 Service Unavailable")]
    public async Task Five_server_errors_in_a_row_eject_one_of_two_and_are_counted(string status)
    {
        using var bad = Backend.Bytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        using var good = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments",
            PolicyModel.Default with { LoadBalancing = new() { Policy = BalancingPolicy.RoundRobin } },
            bad.HostPort,
            good.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        for (var i = 0; i < 40; i++)
        {
            await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        }

        var view = mesh.Plane.Inspection.Endpoints().Single(endpoint => endpoint.Address == bad.HostPort);
        Assert.That((view.IsEjected, view.Cause, bad.Executed), Is.EqualTo((true, EjectionCause.Consecutive5xx, 5)));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_endpoint_ejections_total{service=\"payments\",cause=\"consecutive_5xx\"} 1"));
    }

    [Test]
    public async Task The_latency_of_responses_is_measured_and_shown()
    {
        using var backend = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments",
            PolicyModel.Default with
            {
                LoadBalancing = new() { Ewma = new() { DefaultRtt = TimeSpan.FromHours(1), Decay = TimeSpan.FromTicks(1) } },
            },
            backend.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(mesh.Plane.Inspection.Endpoints().Single().Latency, Is.LessThan(TimeSpan.FromHours(1)));
    }

    private static async Task<Mesh> MeshOf(Backends fleet, LoadBalancingModel balancing)
    {
        var mesh = await Mesh.Start();
        mesh.Service("payments", PolicyModel.Default with { LoadBalancing = balancing }, fleet.Addresses);
        return mesh;
    }

    private sealed class Backends(int count) : IDisposable
    {
        private readonly Backend[] _all = [.. Enumerable.Range(0, count).Select(i => Backend.Answering($"by {i}"))];

        public Configuration.Values.HostPort[] Addresses => [.. _all.Select(backend => backend.HostPort)];

        public void Dispose()
        {
            foreach (var backend in _all)
            {
                backend.Dispose();
            }
        }
    }
}

using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>The sidecar of <c>payments</c>, which runs requests with a key once.</summary>
internal sealed class KeyedMesh : IAsyncDisposable
{
    public static readonly IdempotencyModel On = new() { Enabled = true };

    private KeyedMesh(Mesh mesh, IPEndPoint inbound, string folder) => (Mesh, Inbound, Folder) = (mesh, inbound, folder);

    public Mesh Mesh { get; }

    public IPEndPoint Inbound { get; }

    /// <summary>Folder of the keys, which outlives the sidecar.</summary>
    public string Folder { get; }

    public static Task<KeyedMesh> Start(Backend payments, IdempotencyModel? model = null, string? folder = null) =>
        Start(payments.HostPort, model, folder);

    /// <summary>Starts a sidecar whose keys are at a server. By default the server may be slow: a busy machine is no fault.</summary>
    public static Task<KeyedMesh> Start(Backend payments, RedisSpec store, StorePace? pace = null) =>
        Start(payments.HostPort, store: store, pace: pace);

    public static async Task<KeyedMesh> Start(
        HostPort payments,
        IdempotencyModel? model = null,
        string? folder = null,
        string protocol = "http",
        RedisSpec? store = null,
        StorePace? pace = null)
    {
        var keys = folder ?? Directory.CreateTempSubdirectory("gatewaymesh-keys-").FullName;
        var mesh = await Mesh.Start(options => options with
        {
            KeyFolder = keys,
            Stores = new StoresSpec { Idempotency = store },
            KeyPace = pace ?? new StorePace(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(100)),
        });
        var policy = PolicyModel.Default with { Idempotency = model ?? On };
        mesh.Service("payments", protocol, policy, payments);
        return new KeyedMesh(mesh, mesh.Inbound(payments, protocol: protocol), keys);
    }

    /// <summary>Returns a POST with a key.</summary>
    public static string Post(string key, string body = "10 EUR", string path = "/pay", string more = "", string source = "web") =>
        $"POST {path} HTTP/1.1\r\nHost: payments\r\ngatewaymesh-source: {source}\r\nIdempotency-Key: {key}\r\n{more}"
            + $"Content-Length: {body.Length}\r\n\r\n{body}";

    public Task<RawConnection> Connect() => RawConnection.To(Inbound);

    /// <summary>Sends a request on a connection of its own.</summary>
    public async Task<RawMessage> Ask(string request)
    {
        using var client = await Connect();
        return await client.Ask(request);
    }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();
}

using System.Text.Json;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>The applications behind the sidecars, in Node.js: a gRPC server, and a server for WebSockets and plain requests.</summary>
internal sealed class Applications : IDisposable
{
    private readonly NodeScript _script;

    private Applications(NodeScript script, int calls, int chat)
    {
        _script = script;
        Calls = calls;
        Chat = chat;
    }

    /// <summary>Port of the gRPC server.</summary>
    public int Calls { get; }

    /// <summary>Port of the other server.</summary>
    public int Chat { get; }

    public static async Task<Applications> StartAsync()
    {
        await NodeScript.InstallAsync();
        var script = NodeScript.Run("applications.js");
        var line = await script.ReadLineAsync();
        if (line is null)
        {
            throw new InvalidOperationException("applications.js ended: " + await script.ErrorsAsync());
        }

        var ports = JsonDocument.Parse(line).RootElement;
        return new Applications(script, ports.GetProperty("calls").GetInt32(), ports.GetProperty("chat").GetInt32());
    }

    public void Dispose()
    {
        _script.EndInput();
        _script.Dispose();
    }
}

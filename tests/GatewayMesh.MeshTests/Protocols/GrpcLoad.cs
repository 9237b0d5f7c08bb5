using System.Net;
using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>grpc-js under load: 20 callers on one channel, as its users run it.</summary>
internal sealed class GrpcLoad : IDisposable
{
    public const int Callers = 20;

    private readonly NodeScript _script;
    private readonly Task _reading;
    private string _last = "{\"ok\":0}";

    public GrpcLoad(IPEndPoint address, string authority)
    {
        _script = NodeScript.Run("load.js", address.ToString(), authority);
        _reading = ReadAsync();
    }

    private int Ok => JsonDocument.Parse(Volatile.Read(ref _last)).RootElement.GetProperty("ok").GetInt32();

    /// <summary>Waits until that many more calls are answered.</summary>
    public Task UntilServedAsync(int more)
    {
        var goal = Ok + more;
        return Eventually.Until($"{more} more calls served", () => Ok >= goal, () => Task.FromResult(Volatile.Read(ref _last)));
    }

    /// <summary>Ends the load and returns the number of failed calls and the first error.</summary>
    public async Task<(int Failed, string Report)> StopAsync()
    {
        _script.EndInput();
        await _reading;
        await TestContext.Out.WriteLineAsync(_last);
        return (JsonDocument.Parse(_last).RootElement.GetProperty("failed").GetInt32(), _last);
    }

    public void Dispose() => _script.Dispose();

    private async Task ReadAsync()
    {
        while (await _script.ReadLineAsync() is { } line)
        {
            Volatile.Write(ref _last, line);
        }
    }
}

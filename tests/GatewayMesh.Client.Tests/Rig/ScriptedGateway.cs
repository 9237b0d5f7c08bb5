using System.Buffers.Binary;
using System.Collections.Concurrent;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>
/// A gateway's tunnel: reads the hello with the mesh's own reader, answers one byte, then serves like <see cref="ScriptedServer"/>.
/// </summary>
internal sealed class ScriptedGateway(Func<ServerRequest, ServerConnection, Task> script) : ScriptedServer(script)
{
    /// <summary>The answer to a hello; null: none. Default: ok.</summary>
    public TunnelAnswer? Answer { get; set; } = TunnelAnswer.Ok;

    /// <summary>Time until the answer. Default: none.</summary>
    public TimeSpan AnswerAfter { get; set; }

    public ConcurrentQueue<TunnelHello> Hellos { get; } = [];

    public static ScriptedGateway Carrying(string body = "by the gateway") => new((_, connection) => connection.AnswerAsync(body));

    protected override async Task<bool> GreetAsync(ServerConnection connection)
    {
        var head = await connection.TakeAsync(16);
        var rest = await connection.TakeAsync(BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(14)));
        if (TunnelHello.Read([.. head, .. rest], out var hello, out _) != TunnelHelloResult.Complete)
        {
            return false;
        }

        Hellos.Enqueue(hello!);
        await Task.Delay(AnswerAfter);
        if (Answer is { } answer)
        {
            await connection.SendAsync(new[] { (byte)answer });
        }
        else
        {
            await connection.UntilEndedAsync();
        }

        if (Answer != TunnelAnswer.Ok)
        {
            connection.End();
        }

        return Answer == TunnelAnswer.Ok;
    }
}

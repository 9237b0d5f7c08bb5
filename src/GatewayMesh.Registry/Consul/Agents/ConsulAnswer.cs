using System.Text;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>What an agent answered, whatever its status.</summary>
/// <param name="Agent">Who answered. Indexes of two agents are not compared: they may belong to two clusters.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Index"><c>X-Consul-Index</c>, or null. Good for the next query only beside a 200 or 404: errors carry one too.</param>
/// <param name="Body">The body, whole.</param>
internal sealed record ConsulAnswer(ConsulAgent Agent, int Status, ulong? Index, ReadOnlyMemory<byte> Body)
{
    // What is shown of an error: its first line is all that Consul says, a proxy in between may say more.
    private const int Shown = 200;

    /// <summary>Whether the status is 200.</summary>
    public bool IsOk => Status == 200;

    /// <summary>For people: the status and how the body begins.</summary>
    public string Describe()
    {
        var text = Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, Shown)]).Trim();
        return text.Length == 0 ? $"{Agent.Name} answered {Status}" : $"{Agent.Name} answered {Status}: {text.ReplaceLineEndings(" ")}";
    }

    /// <summary>This answer, when it is a 200.</summary>
    /// <exception cref="IOException">It is another one.</exception>
    public ConsulAnswer OrThrow() => IsOk ? this : throw new IOException(Describe());
}

using GatewayMesh.Configuration.Bootstrap;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Stores;

/// <summary>Connections to one server with one set of credentials. They are made again by themselves.</summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private readonly Task<ConnectionMultiplexer> _connecting;

    /// <summary>Starts to connect; returns at once.</summary>
    /// <param name="spec">The server.</param>
    /// <param name="node">Name of this node, by which the server's administrator finds the connection.</param>
    /// <param name="restored">Called when a lost connection was made again.</param>
    public RedisLink(RedisSpec spec, string node, Action restored)
    {
        Spec = spec;
        _connecting = ConnectAsync(RedisTerms.Of(spec, $"gatewaymesh-{node}"), restored);
    }

    /// <summary>The server.</summary>
    public RedisSpec Spec { get; }

    /// <summary>Returns the database.</summary>
    public async ValueTask<IDatabase> DatabaseAsync() => (await _connecting.ConfigureAwait(false)).GetDatabase();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await (await _connecting.ConfigureAwait(false)).CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        }
        catch (RedisException)
        {
            // There is nothing to close.
        }
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions terms, Action restored)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(terms).ConfigureAwait(false);
        connection.ConnectionRestored += (_, _) => restored();
        return connection;
    }
}

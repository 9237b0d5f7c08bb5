using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Stores;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>A Redis server as stores and tests connect to it.</summary>
internal static class RedisServers
{
    extension(RedisServer server)
    {
        /// <summary>The server as a bootstrap names it.</summary>
        public RedisSpec Spec => new(new HostPort("127.0.0.1", server.Port), server.IsTls, 0)
        {
            User = server.HasUser ? RedisServer.User : "",
            Password = RedisServer.Password,
            Certificates = new RegistryTlsSpec(server.IsTls ? server.Roots : null, server.Client?.Cert, server.Client?.Key),
        };

        /// <summary>Connects as the default user, who may do anything.</summary>
        public async Task<IConnectionMultiplexer> Connect()
        {
            var options = RedisTerms.Of(server.Spec with { User = "" }, "test");
            options.AllowAdmin = true;
            options.AbortOnConnectFail = true;
            options.BacklogPolicy = BacklogPolicy.Default;
            options.ConnectTimeout = options.AsyncTimeout = options.SyncTimeout = 30_000;
            return await ConnectionMultiplexer.ConnectAsync(options);
        }
    }
}

namespace GatewayMesh.Bench.Peers;

/// <summary>A program that is measured.</summary>
internal abstract class Peer
{
    /// <summary>Name in the report.</summary>
    public abstract string Name { get; }

    /// <summary>The program's own words about its version.</summary>
    public abstract Task<string> VersionAsync(CancellationToken end);

    /// <summary>True if the peer can be set up like this.</summary>
    public virtual bool Offers(Setup setup) => setup is Setup.Pair or Setup.PlainHop;

    /// <summary>Starts the programs of a setup.</summary>
    public abstract Task<Deployment> StartAsync(Setup setup, TestBed bed);
}

namespace GatewayMesh.Configuration.Reach;

/// <summary>Texts of <see cref="ReachFault"/>.</summary>
public static class ReachFaults
{
    /// <summary>Reason word in <c>/endpoints</c>, <c>explain</c>, and log fields.</summary>
    public static string Word(this ReachFault fault) => fault switch
    {
        ReachFault.None => "",
        ReachFault.Loopback => "loopback",
        ReachFault.LinkLocal => "link_local",
        ReachFault.Unspecified => "unspecified",
        ReachFault.Multicast => "multicast",
        ReachFault.OwnListener => "own_listener",
        ReachFault.AdminAddress => "admin_address",
        _ => "registry_agent",
    };

    /// <summary>Reason as a predicate that follows the address.</summary>
    public static string Sentence(this ReachFault fault) => fault switch
    {
        ReachFault.None => "may be dialed",
        ReachFault.Loopback => "is a loopback address, and this node advertises none",
        ReachFault.LinkLocal => "is a link-local address, and this node advertises none",
        ReachFault.Unspecified => "is an unspecified address",
        ReachFault.Multicast => "is a multicast or broadcast address",
        ReachFault.OwnListener => "is a listener of this node that leads back into the mesh",
        ReachFault.AdminAddress => "is the admin address of this node",
        _ => "is an agent of this node's registry",
    };

    /// <summary>The fix, as an imperative.</summary>
    public static string Fix(this ReachFault fault) => fault switch
    {
        ReachFault.Loopback => "remove the record, or list the range in the bootstrap, for example reach: [ 127.0.0.0/8 ]",
        ReachFault.LinkLocal => "remove the record, or list the range in the bootstrap, for example reach: [ 169.254.0.0/16 ]",
        _ => "remove the record from the registry",
    };
}

"""Mail: newsletters and alerts become articles of the outlets that they link to.

bytes | message | layout: blocks and links | stories | decision for each link | articles

Only `sources` opens a mailbox, and only `follow` asks the network; everything else is pure.
"""
